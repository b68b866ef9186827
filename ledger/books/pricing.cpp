#include "ledger/books/pricing.hpp"

#include <array>
#include <limits>
#include <optional>

namespace handprint::books {

namespace {

__extension__ using Int128 = __int128;

constexpr std::int64_t kBasisPoints = 10'000;
constexpr std::array<std::int64_t, 5> kSkill = {100, 115, 135, 160, 200};
constexpr std::int64_t kOpenToAll = 100;
constexpr std::int64_t kImpact = 100;

struct Digits {
    Currency currency;
    int digits = 2;
};

/// ISO 4217, where it is not 2.
constexpr std::array kUnusualDigits = {
    Digits{Currency::of("BHD"), 3}, Digits{Currency::of("BIF"), 0}, Digits{Currency::of("CLF"), 4},
    Digits{Currency::of("CLP"), 0}, Digits{Currency::of("DJF"), 0}, Digits{Currency::of("GNF"), 0},
    Digits{Currency::of("IQD"), 3}, Digits{Currency::of("ISK"), 0}, Digits{Currency::of("JOD"), 3},
    Digits{Currency::of("JPY"), 0}, Digits{Currency::of("KMF"), 0}, Digits{Currency::of("KRW"), 0},
    Digits{Currency::of("KWD"), 3}, Digits{Currency::of("LYD"), 3}, Digits{Currency::of("OMR"), 3},
    Digits{Currency::of("PYG"), 0}, Digits{Currency::of("RWF"), 0}, Digits{Currency::of("TND"), 3},
    Digits{Currency::of("UGX"), 0}, Digits{Currency::of("UYI"), 0}, Digits{Currency::of("UYW"), 4},
    Digits{Currency::of("VND"), 0}, Digits{Currency::of("VUV"), 0}, Digits{Currency::of("XAF"), 0},
    Digits{Currency::of("XOF"), 0}, Digits{Currency::of("XPF"), 0},
};

std::optional<std::int64_t> narrow(Int128 value) {
    if (value > std::numeric_limits<std::int64_t>::max()
        || value < std::numeric_limits<std::int64_t>::min()) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
}

/// Of a value that is not negative.
std::int64_t ceil_div(std::int64_t value, std::int64_t by) {
    return value / by + (value % by == 0 ? 0 : 1);
}

Result<std::int64_t> add(Running& running, Int128 increment, std::int64_t per_minor) {
    const auto total = narrow(running.total + increment);
    if (!total) return fail("pricing: the running total does not fit");
    const std::int64_t due = ceil_div(*total, per_minor);
    const std::int64_t amount = due - running.posted;
    running = {*total, due};
    return amount;
}

} // namespace

int minor_digits(Currency currency) noexcept {
    for (const Digits& row : kUnusualDigits) {
        if (row.currency == currency) return row.digits;
    }
    return 2;
}

std::int64_t micros_per_minor(Currency currency) noexcept {
    std::int64_t out = 1;
    for (int digits = minor_digits(currency); digits < 6; ++digits)
        out *= 10;
    return out;
}

Result<std::int64_t> add_wage(Running& running, std::int64_t price_micros, Currency currency) {
    if (price_micros < 0) return fail("pricing: negative price");
    return add(running, price_micros, micros_per_minor(currency));
}

Result<std::int64_t>
add_fee(Running& running, std::int64_t price_micros, std::int64_t fee_bps, Currency currency) {
    if (price_micros < 0 || fee_bps < 0) return fail("pricing: negative price or fee");
    return add(
        running,
        static_cast<Int128>(price_micros) * fee_bps,
        kBasisPoints * micros_per_minor(currency)
    );
}

Result<Labour>
add_slots(Labour labour, std::int64_t price_micros, std::int64_t slots, Currency currency) {
    if (price_micros < 0) return fail("pricing: negative price");
    const bool even = price_micros % micros_per_minor(currency) == 0;
    const auto all = narrow(static_cast<Int128>(labour.slots) + slots);
    const auto micros =
        narrow(static_cast<Int128>(labour.micros) + static_cast<Int128>(price_micros) * slots);
    const auto uneven = narrow(static_cast<Int128>(labour.uneven) + (even ? 0 : slots));
    if (!all || !micros || !uneven || *all < 0 || *micros < 0 || *uneven < 0) {
        return fail("pricing: a sum does not fit");
    }
    return Labour{*all, *micros, *uneven};
}

Result<Quote> quote(const Labour& labour, std::int64_t fee_bps, Currency currency) {
    if (labour.slots < 0 || labour.micros < 0 || labour.uneven < 0 || fee_bps < 0) {
        return fail("pricing: negative input");
    }
    const auto too_large = [] { return fail("pricing: an amount does not fit"); };
    const std::int64_t per_minor = micros_per_minor(currency);
    // The running total of the fee is that product, so it has to fit too.
    const auto fee_micros = narrow(static_cast<Int128>(labour.micros) * fee_bps);
    if (!fee_micros) return too_large();
    const std::int64_t wages = ceil_div(labour.micros, per_minor);
    const std::int64_t fee = ceil_div(*fee_micros, kBasisPoints * per_minor);
    const auto total = narrow(static_cast<Int128>(wages) + fee + labour.uneven);
    if (!total) return too_large();
    return Quote{labour.slots, wages, fee, labour.uneven, *total};
}

Result<std::int64_t> credit_points(std::int64_t estimate_s, int level) {
    if (estimate_s < 0) return fail("credit: negative estimate");
    if (level < 0 || level > 5) return fail("credit: levels are 0 to 5");
    const std::int64_t skill =
        level == 0 ? kOpenToAll : kSkill[static_cast<std::size_t>(level - 1)];
    const auto points = narrow(static_cast<Int128>(estimate_s) * (skill * kImpact));
    if (!points) return fail("credit: the points do not fit");
    return *points;
}

} // namespace handprint::books
