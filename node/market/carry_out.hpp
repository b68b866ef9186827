#pragma once

// One command from decision to finished entry, in the fixed stages: decide (reads only), apply in a
// savepoint, invariants, seal. What fails leaves the state as it was.

#include "ledger/base/result.hpp"
#include "node/market/decide.hpp"
#include "node/market/entry_seal.hpp"

namespace handprint::market {

struct Done {
    SealedEntry sealed;
    std::vector<Event> events;
    Int grant = never;
};

/// Context.index is the index the entry gets. The state has the keys of keys_of().
[[nodiscard]] Result<Done, Refusal>
carry_out(State& state, const Request& request, const Context& context, const SaltSource& salt);

} // namespace handprint::market
