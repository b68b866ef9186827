#pragma once

// The tables held against the folded state: every row, every column.

#include "node/audit/report.hpp"
#include "node/market/state.hpp"

namespace handprint::audit {

/// The fold rows of one of the market::row_kinds tables.
void check_table(
    std::size_t table, store::Store& store, const market::State& state, Report& report
);

/// Rows that no replay can make again, by their MAC, and the file itself. For drivers that can
/// tell.
[[nodiscard]] Result<void> check_file(store::Store& store, bool macs, Report& report);

/// A payout that two delegates released without a quorum, until a cosigned checkpoint over it is in
/// the ledger.
void check_release(const market::State& state, Report& report);

} // namespace handprint::audit
