#pragma once

// What the first entry of a ledger fixes for its life, held against this program.

#include "ledger/base/result.hpp"
#include "node/store/store.hpp"

#include <string>

namespace handprint::app {

/// Failure if the ledger in `dir` was founded with other formats or domain strings: whatever this
/// program added to it, nobody could verify. To be asked before anything is signed.
[[nodiscard]] Result<void> check_first_entry(store::Store& store, const std::string& dir);

} // namespace handprint::app
