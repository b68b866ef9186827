#pragma once

// What a replayed job must cost, computed from the recording's text alone. On purpose this shares
// nothing with the marketplace or the ledger's books: it is the second opinion.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace handprint::tools {

struct MoneyTerms {
    std::int64_t price_micros = 0;
    std::int64_t micros_per_minor = 10'000;
    std::int64_t fee_bps = 0;
    std::int64_t income = 0; // minor units; shared by work done, all tasks being worth the same
    std::int64_t operations_bps = 0, transition_bps = 0, reserve_bps = 0;
};

struct ExpectedMoney {
    std::size_t judgments = 0;
    std::map<std::string, std::int64_t> wages, shares; // by worker
    std::int64_t wage_total = 0, share_total = 0;
    std::int64_t fee = 0;                                     // of the batch
    std::int64_t operations = 0, transition = 0, reserve = 0; // parts of the income
};

/// `csv` is the judgments file: a head, then "task,worker,answer" lines. Workers rank by name,
/// which decides who gets the odd unit. Only lines whose task `wanted` has count; null: all.
[[nodiscard]] ExpectedMoney expected_money(
    std::string_view csv,
    const MoneyTerms& terms,
    const std::map<std::string, bool>* wanted = nullptr
);

} // namespace handprint::tools
