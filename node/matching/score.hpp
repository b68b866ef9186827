#pragma once

// How offers are ranked: whole points, each part with a bound, the score being their sum.
// docs/matching.md gives the same formulas to members, who can do the sums themselves.

#include "node/market/rows.hpp"

#include <cstdint>
#include <string>

namespace handprint::matching {

using market::Int;

inline constexpr Int most_skill = 300;
inline constexpr Int most_test = 200; // the skill part of a test
inline constexpr Int per_level = 50;
inline constexpr Int most_language = 100;
inline constexpr Int most_history = 100;
inline constexpr Int most_pay = 400;
inline constexpr Int most_draw = 100; // a tenth of the highest score
inline constexpr Int highest_score =
    most_skill + most_language + most_history + most_pay + most_draw;

struct ScoreParts {
    Int skill = 0, language = 0, history = 0, pay = 0, draw = 0;

    [[nodiscard]] Int without_draw() const noexcept { return skill + language + history + pay; }

    [[nodiscard]] Int sum() const noexcept { return without_draw() + draw; }

    bool operator==(const ScoreParts&) const = default;
};

/// Highest where the level asked for is the member's own, so that skill goes where it is needed.
[[nodiscard]] Int skill_part(Int have, Int asked) noexcept;
/// Highest for the member's next level.
[[nodiscard]] Int test_part(Int have, Int gives) noexcept;
/// The share of members who do not speak the language: work goes first to those few who can do it.
[[nodiscard]] Int language_part(Int speakers, Int members) noexcept;
/// A point for each accepted answer in the domain.
[[nodiscard]] Int history_part(Int accepted) noexcept;
/// Two points for each percent above the hourly floor of the currency; without a floor (0), none.
[[nodiscard]] Int pay_part(Int pay_per_hour, Int floor) noexcept;
/// A number from 0 to most_draw that depends on these three alone.
[[nodiscard]] Int draw_part(std::uint64_t seed, Int member, Int batch) noexcept;

/// Spreads its arguments over all 64-bit numbers; the base of everything here that looks random.
[[nodiscard]] std::uint64_t mix(std::uint64_t seed, Int a, Int b) noexcept;
/// The seed for lists of offers: it changes each hour and is known to all, so asking again brings
/// nobody another list.
[[nodiscard]] std::uint64_t seed_of_hour(Int now_ms) noexcept;

/// Minor units of the currency, rounded down.
[[nodiscard]] Int
pay_per_hour(Int price_micros, Int estimate_s, const std::string& currency) noexcept;

} // namespace handprint::matching
