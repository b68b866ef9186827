#include "ledger/base/money.hpp"

#include <algorithm>
#include <limits>

namespace handprint {

namespace {

__extension__ using Int128 = __int128;

/// The quotient rounded towards minus infinity; `c` is positive.
Int128 floor_div(Int128 product, Int128 c) {
    const Int128 quotient = product / c;
    return (product % c < 0) ? quotient - 1 : quotient;
}

} // namespace

Result<Currency> Currency::parse(std::string_view text) {
    const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (text.size() != 3 || !std::ranges::all_of(text, is_letter)) {
        return fail("currency: not three letters A-Z");
    }
    return pack(text[0], text[1], text[2]);
}

std::string Currency::text() const {
    return {
        static_cast<char>(packed_ >> 16U & 0xffU),
        static_cast<char>(packed_ >> 8U & 0xffU),
        static_cast<char>(packed_ & 0xffU)
    };
}

Result<Money> add(Money a, Money b) {
    if (a.currency != b.currency) return fail("money: currencies differ");
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a.minor, b.minor, &sum)) return fail("money: sum does not fit");
    return Money(sum, a.currency);
}

Result<Money> sub(Money a, Money b) {
    if (a.currency != b.currency) return fail("money: currencies differ");
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a.minor, b.minor, &difference)) {
        return fail("money: difference does not fit");
    }
    return Money(difference, a.currency);
}

Result<std::strong_ordering> compare(Money a, Money b) {
    if (a.currency != b.currency) return fail("money: currencies differ");
    return a.minor <=> b.minor;
}

Result<std::int64_t> mul_div(std::int64_t a, std::int64_t b, std::int64_t c, Round round) {
    if (c == 0) return fail("money: division by zero");
    // |a*b| <= 2^126 and |c| <= 2^63, so nothing below can overflow 128 bits.
    Int128 product = static_cast<Int128>(a) * b;
    Int128 divisor = c;
    if (divisor < 0) {
        product = -product;
        divisor = -divisor;
    }
    Int128 quotient = floor_div(product, divisor);
    const Int128 remainder = product - quotient * divisor; // 0 <= remainder < divisor
    switch (round) {
    case Round::down:
        break;
    case Round::up:
        if (remainder != 0) ++quotient;
        break;
    case Round::half_even:
        if (remainder * 2 > divisor || (remainder * 2 == divisor && quotient % 2 != 0)) {
            ++quotient;
        }
        break;
    }
    if (quotient > std::numeric_limits<std::int64_t>::max()
        || quotient < std::numeric_limits<std::int64_t>::min()) {
        return fail("money: quotient does not fit");
    }
    return static_cast<std::int64_t>(quotient);
}

} // namespace handprint
