#pragma once

#include "ledger/base/money.hpp"

#include <cstdint>

namespace handprint::books {

// Prices are micros: 10^-6 of the major unit per task. Postings are minor units. The formulas are
// those of section 8 of docs/ledger-format.md; all products are of 128 bits and exact.

/// Digits after the point: 2 unless ISO 4217 says otherwise (JPY 0, KWD 3).
[[nodiscard]] int minor_digits(Currency currency) noexcept;

/// 10^(6 - minor_digits).
[[nodiscard]] std::int64_t micros_per_minor(Currency currency) noexcept;

/// A sum of micros that is paid out in whole minor units as it grows: what was ever posted is the
/// sum rounded up, so the one who pays bears the rounding, once and not per task. Start with zeros.
struct Running {
    std::int64_t total = 0;  // micros; for fees, micros times basis points
    std::int64_t posted = 0; // minor units

    bool operator==(const Running&) const = default;
};

/// The wage of one more accepted task, per member and batch: minor units to post now. Failure if
/// the price is negative or the total does not fit; `running` is then unchanged.
[[nodiscard]] Result<std::int64_t>
add_wage(Running& running, std::int64_t price_micros, Currency currency);

/// The fee on one more accepted task, per batch. `fee_bps` are hundredths of a percent.
[[nodiscard]] Result<std::int64_t>
add_fee(Running& running, std::int64_t price_micros, std::int64_t fee_bps, Currency currency);

/// Sums over the answers that a batch may still come to, each at the price of its own task.
struct Labour {
    std::int64_t slots = 0;  // answers wanted
    std::int64_t micros = 0; // their prices
    std::int64_t uneven = 0; // those whose price is not a whole number of minor units

    bool operator==(const Labour&) const = default;
};

/// That many answers more (or fewer, if negative) at that price. Failure if a sum does not fit or
/// falls below zero.
[[nodiscard]] Result<Labour>
add_slots(Labour labour, std::int64_t price_micros, std::int64_t slots, Currency currency);

/// What a batch can cost at most, in minor units.
struct Quote {
    std::int64_t slots = 0;
    std::int64_t labour = 0;  // the sum of prices, rounded up
    std::int64_t fee = 0;     // that sum * fee_bps / 10,000, rounded up
    std::int64_t reserve = 0; // for rounding: one unit per uneven slot
    std::int64_t total = 0;

    bool operator==(const Quote&) const = default;
};

/// What publishing moves to hold. However the answers fall to members, add_wage and add_fee never
/// post more and never fail. Failure on negative input or if an amount does not fit.
[[nodiscard]] Result<Quote> quote(const Labour& labour, std::int64_t fee_bps, Currency currency);

/// Credit points of one accepted task: estimate in seconds * skill * impact, where skill is 100 for
/// level 0 (open to all), 100, 115, 135, 160, 200 for levels 1 to 5 and impact is 100. Failure for
/// other levels, a negative estimate or a product that does not fit.
[[nodiscard]] Result<std::int64_t> credit_points(std::int64_t estimate_s, int level);

} // namespace handprint::books
