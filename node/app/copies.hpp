#pragma once

// Copies of a data directory. All of a copy, its names included, is on disk on return, and
// `ledger.db` has its name last: where that is, everything else is.

#include "ledger/base/result.hpp"
#include "node/market/columns.hpp"

#include <string>

namespace handprint::app {

/// Copies the data directory, whose node may run, to a directory that must not be there yet.
/// Returns the number of entries in the copy.
[[nodiscard]] Result<market::Int> back_up(const std::string& data, const std::string& to);

/// Brings a copy back into a directory without a ledger. Stopped half way, it can be begun again.
/// Returns the number of entries.
[[nodiscard]] Result<market::Int> restore(const std::string& from, const std::string& data);

} // namespace handprint::app
