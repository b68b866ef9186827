#include "ledger/base/time.hpp"

#include <doctest/doctest.h>

#include <string>
#include <type_traits>

using namespace handprint;

static_assert(!std::is_convertible_v<std::int64_t, Instant>);
static_assert(!std::is_constructible_v<Instant, Duration>);

TEST_CASE("instants and durations add up") {
    const Instant start(1'000);
    CHECK(start + Duration::seconds(2) == Instant(3'000));
    CHECK(start - Duration::minutes(1) == Instant(-59'000));
    CHECK(Instant(5'000) - start == Duration(4'000));
    CHECK(Duration::hours(1) - Duration::minutes(59) + Duration(1) == Duration(60'001));
    CHECK(Duration::hours(-1) < Duration());
}

TEST_CASE("RFC 3339: known instants both ways") {
    struct Case {
        std::int64_t ms;
        const char* text;
    };

    for (const Case& t : {
             Case{0, "1970-01-01T00:00:00.000Z"},
             Case{-1, "1969-12-31T23:59:59.999Z"},
             Case{951'782'400'000, "2000-02-29T00:00:00.000Z"},
             Case{1'700'000'000'123, "2023-11-14T22:13:20.123Z"},
             Case{kFirstTextInstant.ms, "0000-01-01T00:00:00.000Z"},
             Case{kLastTextInstant.ms, "9999-12-31T23:59:59.999Z"},
         }) {
        CAPTURE(t.text);
        CHECK(format_rfc3339(Instant(t.ms)).value() == t.text);
        CHECK(parse_rfc3339(t.text).value() == Instant(t.ms));
    }
    CHECK_FALSE(format_rfc3339(Instant(kFirstTextInstant.ms - 1)).has_value());
    CHECK_FALSE(format_rfc3339(Instant(kLastTextInstant.ms + 1)).has_value());
    CHECK_FALSE(format_rfc3339(Instant(INT64_MIN)).has_value());
}

TEST_CASE("RFC 3339: fewer decimals mean zeros") {
    CHECK(parse_rfc3339("1970-01-01T00:00:01Z").value() == Instant(1'000));
    CHECK(parse_rfc3339("1970-01-01T00:00:01.5Z").value() == Instant(1'500));
    CHECK(parse_rfc3339("1970-01-01T00:00:01.05Z").value() == Instant(1'050));
}

TEST_CASE("RFC 3339: everything else is refused") {
    for (const char* text :
         {"",
          "1970-01-01",
          "1970-01-01T00:00:00",
          "1970-01-01T00:00:00+00:00",
          "1970-01-01t00:00:00Z",
          "1970-01-01T00:00:00z",
          "1970-01-01 00:00:00Z",
          "1970-01-01T00:00:00.Z",
          "1970-01-01T00:00:00.0001Z",
          "1970-01-01T00:00:00,5Z",
          "1970-01-01T24:00:00Z",
          "1970-01-01T00:60:00Z",
          "2016-12-31T23:59:60Z",
          "1970-00-01T00:00:00Z",
          "1970-13-01T00:00:00Z",
          "1970-01-00T00:00:00Z",
          "1970-04-31T00:00:00Z",
          "2100-02-29T00:00:00Z",
          "+970-01-01T00:00:00Z",
          "1970-01-01T00:00:00ZZ",
          "1970-01-01T00:00:0-1Z",
          "1970-01-01T00:00:00.5",
          " 1970-01-01T00:00:00Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text).has_value());
    }
}

TEST_CASE("RFC 3339: a text and its instant agree through every day of four centuries") {
    for (std::int64_t day = -150'000; day < 150'000; day += 37) {
        const Instant at(day * 86'400'000 + 43'205'678);
        CHECK(parse_rfc3339(format_rfc3339(at).value()).value() == at);
    }
}
