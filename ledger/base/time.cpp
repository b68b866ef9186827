#include "ledger/base/time.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace handprint {

namespace {

std::int64_t checked_add(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    HP_CHECK(!__builtin_add_overflow(a, b, &sum), "time arithmetic overflows");
    return sum;
}

std::int64_t checked_sub(std::int64_t a, std::int64_t b) {
    std::int64_t difference = 0;
    HP_CHECK(!__builtin_sub_overflow(a, b, &difference), "time arithmetic overflows");
    return difference;
}

std::optional<unsigned> digits(std::string_view text, std::size_t at, std::size_t count) {
    unsigned value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

/// `tail` is what follows the seconds: "Z" or ".d", ".dd", ".ddd" and "Z".
std::optional<unsigned> parse_milliseconds(std::string_view tail) {
    if (tail == "Z") return 0;
    if (tail.size() < 3 || tail.size() > 5 || tail.front() != '.' || tail.back() != 'Z') {
        return std::nullopt;
    }
    const std::size_t count = tail.size() - 2;
    std::optional<unsigned> value = digits(tail, 1, count);
    for (std::size_t i = count; value && i < 3; ++i)
        *value *= 10;
    return value;
}

} // namespace

Instant operator+(Instant at, Duration by) {
    return Instant(checked_add(at.ms, by.ms));
}

Instant operator-(Instant at, Duration by) {
    return Instant(checked_sub(at.ms, by.ms));
}

Duration operator-(Instant later, Instant earlier) {
    return Duration(checked_sub(later.ms, earlier.ms));
}

Duration operator+(Duration a, Duration b) {
    return Duration(checked_add(a.ms, b.ms));
}

Duration operator-(Duration a, Duration b) {
    return Duration(checked_sub(a.ms, b.ms));
}

Result<std::string> format_rfc3339(Instant at) {
    if (at < kFirstTextInstant || at > kLastTextInstant) {
        return fail("time: outside the years 0000 to 9999");
    }
    const std::chrono::sys_time<std::chrono::milliseconds> point{std::chrono::milliseconds(at.ms)};
    const auto day = std::chrono::floor<std::chrono::days>(point);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{point - day};
    std::array<char, 32> buffer{};
    const int length = std::snprintf(
        buffer.data(),
        buffer.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        int{date.year()},
        unsigned{date.month()},
        unsigned{date.day()},
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count()),
        static_cast<int>(clock.subseconds().count())
    );
    HP_CHECK(length == 24, "an RFC 3339 text has 24 characters");
    return std::string(buffer.data(), 24);
}

Result<Instant> parse_rfc3339(std::string_view text) {
    constexpr std::string_view kShape = "0000-00-00T00:00:00";
    if (text.size() < kShape.size() + 1) return fail("time: too short for RFC 3339");
    for (const std::size_t i : {4U, 7U, 10U, 13U, 16U}) {
        if (text[i] != kShape[i]) return fail("time: not YYYY-MM-DDTHH:MM:SS");
    }
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    const auto millisecond = parse_milliseconds(text.substr(kShape.size()));
    if (!year || !month || !day || !hour || !minute || !second || !millisecond) {
        return fail("time: not RFC 3339 in UTC with at most three decimals");
    }
    const std::chrono::year_month_day date{
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(*month),
        std::chrono::day(*day)
    };
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) {
        return fail("time: no such date or time of day");
    }
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const std::int64_t seconds =
        days * 86'400 + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second;
    return Instant(seconds * 1000 + *millisecond);
}

} // namespace handprint
