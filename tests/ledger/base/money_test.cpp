#include "ledger/base/money.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <type_traits>

using namespace handprint;

namespace {

constexpr Currency kEur = Currency::of("EUR");
constexpr Currency kKes = Currency::of("KES");

} // namespace

static_assert(!std::is_convertible_v<std::int64_t, Money>);
static_assert(!std::is_default_constructible_v<Currency>);

TEST_CASE("a currency is exactly three letters A-Z") {
    CHECK(Currency::parse("EUR").value() == kEur);
    CHECK(kEur.text() == "EUR");
    CHECK(kEur.packed() == 0x455552U);
    CHECK(Currency::parse("AAA").value() < Currency::parse("AAB").value());
    for (const char* text : {"", "EU", "EURO", "eur", "EU1", "E R", "E\xc3\xa9"}) {
        CAPTURE(text);
        CHECK_FALSE(Currency::parse(text).has_value());
    }
}

TEST_CASE("sums refuse overflow and a mix of currencies") {
    CHECK(add(Money(150, kEur), Money(-50, kEur)).value() == Money(100, kEur));
    CHECK(sub(Money(150, kEur), Money(200, kEur)).value() == Money(-50, kEur));
    CHECK_FALSE(add(Money(1, kEur), Money(1, kKes)).has_value());
    CHECK_FALSE(sub(Money(1, kEur), Money(1, kKes)).has_value());
    CHECK_FALSE(add(Money(INT64_MAX, kEur), Money(1, kEur)).has_value());
    CHECK_FALSE(sub(Money(INT64_MIN, kEur), Money(1, kEur)).has_value());
    CHECK_FALSE(sub(Money(0, kEur), Money(INT64_MIN, kEur)).has_value());
}

TEST_CASE("amounts compare within a currency only") {
    CHECK(compare(Money(1, kEur), Money(2, kEur)).value() == std::strong_ordering::less);
    CHECK_FALSE(compare(Money(1, kEur), Money(2, kKes)).has_value());
}

TEST_CASE("mul_div rounds as named, for every sign") {
    struct Case {
        std::int64_t a, b, c, down, up, half_even;
    };

    for (const Case& t : {
             Case{7, 1, 2, 3, 4, 4},     // 3.5: tie to 4
             Case{5, 1, 2, 2, 3, 2},     // 2.5: tie to 2
             Case{-5, 1, 2, -3, -2, -2}, // -2.5: tie to -2
             Case{-7, 1, 2, -4, -3, -4}, // -3.5: tie to -4
             Case{7, 1, -2, -4, -3, -4}, //
             Case{-7, -1, 2, 3, 4, 4},   //
             Case{10, 1, 3, 3, 4, 3},    // 3.33
             Case{11, 1, 3, 3, 4, 4},    // 3.67
             Case{-10, 1, 3, -4, -3, -3},
             Case{-11, 1, 3, -4, -3, -4},
             Case{12, 5, 6, 10, 10, 10},
             Case{-12, 5, 6, -10, -10, -10},
             Case{0, 9, 7, 0, 0, 0},
             Case{1, 1, 2, 0, 1, 0},
             Case{-1, 1, 2, -1, 0, 0},
         }) {
        CAPTURE(t.a);
        CAPTURE(t.c);
        CHECK(mul_div(t.a, t.b, t.c, Round::down).value() == t.down);
        CHECK(mul_div(t.a, t.b, t.c, Round::up).value() == t.up);
        CHECK(mul_div(t.a, t.b, t.c, Round::half_even).value() == t.half_even);
    }
}

TEST_CASE("mul_div is exact beyond 64 bits and refuses what does not fit") {
    CHECK(mul_div(INT64_MAX, INT64_MAX, INT64_MAX, Round::down).value() == INT64_MAX);
    CHECK(mul_div(INT64_MIN, INT64_MIN, INT64_MIN, Round::up).value() == INT64_MIN);
    CHECK(mul_div(INT64_MAX, 3, 4, Round::down).value() == 6917529027641081855);
    CHECK(mul_div(INT64_MAX, 3, 4, Round::up).value() == 6917529027641081856);
    CHECK_FALSE(mul_div(INT64_MAX, 2, 1, Round::down).has_value());
    CHECK_FALSE(mul_div(INT64_MIN, 1, -1, Round::down).has_value());
    CHECK_FALSE(mul_div(INT64_MIN, INT64_MIN, 1, Round::down).has_value());
    CHECK_FALSE(mul_div(1, 1, 0, Round::down).has_value());
}

TEST_CASE("down <= half_even <= up, and they differ by at most one") {
    for (std::int64_t a = -40; a <= 40; ++a) {
        for (std::int64_t c = -9; c <= 9; ++c) {
            if (c == 0) continue;
            const std::int64_t down = mul_div(a, 3, c, Round::down).value();
            const std::int64_t up = mul_div(a, 3, c, Round::up).value();
            const std::int64_t even = mul_div(a, 3, c, Round::half_even).value();
            CHECK(up - down == (a * 3 % c == 0 ? 0 : 1));
            CHECK((even == down || even == up));
        }
    }
}
