#include "node/matching/score.hpp"

#include "ledger/base/money.hpp"
#include "ledger/books/pricing.hpp"

#include <algorithm>
#include <limits>

namespace handprint::matching {

namespace {

/// The finaliser of splitmix64.
std::uint64_t scramble(std::uint64_t x) noexcept {
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

constexpr Int hour_ms = 3'600'000;
constexpr Int micros_per_cent = 10'000;

} // namespace

Int skill_part(Int have, Int asked) noexcept {
    return std::clamp(most_skill - per_level * (have - asked), Int{0}, most_skill);
}

Int test_part(Int have, Int gives) noexcept {
    return std::clamp(most_test - per_level * (gives - have - 1), Int{0}, most_test);
}

Int language_part(Int speakers, Int members) noexcept {
    if (members <= 0) return 0;
    return most_language * std::clamp(members - speakers, Int{0}, members) / members;
}

Int history_part(Int accepted) noexcept {
    return std::clamp(accepted, Int{0}, most_history);
}

Int pay_part(Int pay, Int floor) noexcept {
    if (floor <= 0 || pay <= floor) return 0;
    const Int above = pay - floor;
    if (above / 2 >= floor) return most_pay;
    if (above < std::numeric_limits<Int>::max() / 200) return above * 200 / floor;
    return mul_div(above, 200, floor, Round::down).value_or(most_pay);
}

std::uint64_t mix(std::uint64_t seed, Int a, Int b) noexcept {
    const auto first = scramble(scramble(seed) ^ static_cast<std::uint64_t>(a));
    return scramble(first ^ static_cast<std::uint64_t>(b));
}

Int draw_part(std::uint64_t seed, Int member, Int batch) noexcept {
    return static_cast<Int>(mix(seed, member, batch) % static_cast<std::uint64_t>(most_draw + 1));
}

std::uint64_t seed_of_hour(Int now_ms) noexcept {
    return static_cast<std::uint64_t>(now_ms / hour_ms);
}

Int pay_per_hour(Int price_micros, Int estimate_s, const std::string& currency) noexcept {
    const auto parsed = Currency::parse(currency);
    const Int unit = parsed ? books::micros_per_minor(*parsed) : micros_per_cent;
    const auto pay = mul_div(price_micros, 3600, std::max(estimate_s, Int{1}) * unit, Round::down);
    return pay.value_or(0);
}

} // namespace handprint::matching
