#pragma once

// What the node's clock has to do at a time: whether it was done, and whether it was done then.

#include "ledger/record/due_watch.hpp"
#include "node/audit/report.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/state.hpp"

#include <vector>

namespace handprint::audit {

/// What is due and not done: over 10 minutes before `seen`, the time at which a quorum of the
/// witnesses had seen the log.
void check_timers(const market::State& state, Int seen, Report& report);

/// What was done before it was due, by a log that is dated ahead: a quorum had seen `size` entries
/// of it at `seen`, ms.
void check_ahead(const record::DueWatch& done, Int size, Int seen, Report& report);

/// What was done, and over a day late. A node whose clock leapt, as it does when it stands still,
/// waits for a delegate's `confirm_clock`: the day begins there if that came after it was due.
class LateTimers {
public:
    /// An entry at `index`, on the state before it.
    void
    take(const market::State& state, const market::FoldEntry& entry, Int index, Report& report);

private:
    [[nodiscard]] bool is_late(Int due, Int done) const;

    std::vector<Int> confirmed_; // times of entries, in order
};

} // namespace handprint::audit
