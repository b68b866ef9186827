#pragma once

#include "ledger/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace handprint {

/// A length of time in milliseconds; may be negative. Overflow in arithmetic is a bug and aborts.
struct Duration {
    constexpr Duration() noexcept = default;

    constexpr explicit Duration(std::int64_t milliseconds) noexcept : ms(milliseconds) {}

    /// |n| must be small enough for the result to fit; true of every rule value.
    [[nodiscard]] static constexpr Duration seconds(std::int32_t n) noexcept {
        return Duration(std::int64_t{n} * 1000);
    }

    [[nodiscard]] static constexpr Duration minutes(std::int32_t n) noexcept {
        return Duration(std::int64_t{n} * 60'000);
    }

    [[nodiscard]] static constexpr Duration hours(std::int32_t n) noexcept {
        return Duration(std::int64_t{n} * 3'600'000);
    }

    std::int64_t ms = 0;

    auto operator<=>(const Duration&) const = default;
};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z without leap seconds. This library
/// never reads a clock; an Instant comes from the caller.
struct Instant {
    constexpr Instant() noexcept = default;

    constexpr explicit Instant(std::int64_t unix_milliseconds) noexcept : ms(unix_milliseconds) {}

    std::int64_t ms = 0;

    auto operator<=>(const Instant&) const = default;
};

[[nodiscard]] Instant operator+(Instant at, Duration by);
[[nodiscard]] Instant operator-(Instant at, Duration by);
[[nodiscard]] Duration operator-(Instant later, Instant earlier);
[[nodiscard]] Duration operator+(Duration a, Duration b);
[[nodiscard]] Duration operator-(Duration a, Duration b);

/// The first and last instants that RFC 3339 can write (years 0000 to 9999).
inline constexpr Instant kFirstTextInstant{-62'167'219'200'000};
inline constexpr Instant kLastTextInstant{253'402'300'799'999};

/// "2026-03-31T09:05:00.000Z": always UTC, always three decimals, so that texts sort as times.
/// Failure outside the years 0000 to 9999.
[[nodiscard]] Result<std::string> format_rfc3339(Instant at);

/// Upper-case T and Z, no offset, none or one to three decimals. More decimals are refused rather
/// than dropped; so is a leap second (":60").
[[nodiscard]] Result<Instant> parse_rfc3339(std::string_view text);

} // namespace handprint
