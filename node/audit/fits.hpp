#pragma once

// Whether the events of an entry can be applied at all. The rules see to it in a live node; an
// entry whose evidence was erased, or which the rules refuse, is held against the state first.

#include "node/market/entry_seal.hpp"
#include "node/market/state.hpp"

#include <string>

namespace handprint::audit {

/// Empty if they can, else why not.
[[nodiscard]] std::string misfit(const market::State& state, const market::FoldEntry& entry);

} // namespace handprint::audit
