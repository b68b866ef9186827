#pragma once

#include "ledger/base/result.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace handprint {

/// An ISO 4217 shaped code: exactly three letters A-Z. Ordered as its text.
class Currency {
public:
    [[nodiscard]] static Result<Currency> parse(std::string_view text);

    /// For codes known when compiling: `Currency::of("EUR")`. A bad code does not compile.
    [[nodiscard]] static consteval Currency of(const char (&text)[4]) {
        for (int i = 0; i < 3; ++i) {
            if (text[i] < 'A' || text[i] > 'Z') throw "a currency is three letters A-Z";
        }
        return pack(text[0], text[1], text[2]);
    }

    [[nodiscard]] std::string text() const;

    /// The three letters as a big-endian number; stable, usable as a key.
    [[nodiscard]] constexpr std::uint32_t packed() const noexcept { return packed_; }

    auto operator<=>(const Currency&) const = default;

private:
    constexpr explicit Currency(std::uint32_t packed) noexcept : packed_(packed) {}

    static constexpr Currency pack(char a, char b, char c) noexcept {
        return Currency(
            static_cast<std::uint32_t>(a) << 16U | static_cast<std::uint32_t>(b) << 8U
            | static_cast<std::uint32_t>(c)
        );
    }

    std::uint32_t packed_ = 0;
};

/// An amount in minor units (cents for EUR). No arithmetic operators: every sum can overflow or
/// mix currencies, so it returns a Result.
struct Money {
    constexpr explicit Money(std::int64_t minor_units, Currency unit) noexcept
        : minor(minor_units), currency(unit) {}

    std::int64_t minor;
    Currency currency;

    bool operator==(const Money&) const = default;
};

/// Failure if the currencies differ or the result does not fit.
[[nodiscard]] Result<Money> add(Money a, Money b);
[[nodiscard]] Result<Money> sub(Money a, Money b);
/// Failure if the currencies differ.
[[nodiscard]] Result<std::strong_ordering> compare(Money a, Money b);

enum class Round : std::uint8_t {
    down,     // towards minus infinity
    up,       // towards plus infinity
    half_even // to the nearest, a tie to the even neighbour
};

/// a * b / c, exact in 128 bits and rounded once. Failure if c is 0 or the result does not fit.
[[nodiscard]] Result<std::int64_t>
mul_div(std::int64_t a, std::int64_t b, std::int64_t c, Round round);

} // namespace handprint

template <>
struct std::hash<handprint::Currency> {
    std::size_t operator()(handprint::Currency c) const noexcept {
        return std::hash<std::uint32_t>{}(c.packed());
    }
};
