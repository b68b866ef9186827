#pragma once

// The other pure function: what an event changes. Live entries, the rebuild of a database and the
// audit all come through here, so the tables are a fold of the entries by construction.

#include "node/market/draft.hpp"
#include "node/market/state.hpp"

#include <span>

namespace handprint::market {

struct EntryFacts {
    Int index = 0;
    Int time = 0;
    Int grant = never; // of an agent's entry
};

/// The rows of the events. The events fit the state (decide() or an earlier check saw to it).
void apply(State& state, std::span<const Event> events, const EntryFacts& facts);

/// Accounts and class totals. Returns the accounts that had to be opened, in order of first use.
std::vector<std::string> apply_postings(State& state, std::span<const Posting> postings);

/// Checks over what the postings touched: money conserved per currency, no balance on the wrong
/// side, no counter past its bound. Empty if all hold, else what is broken.
[[nodiscard]] std::string broken_invariant(
    const State& state, std::span<const Event> events, std::span<const Posting> postings
);

/// Puts a member's chain at a new head after an entry that touches it.
void apply_link(State& state, Int member, const Hash& leaf);

} // namespace handprint::market
