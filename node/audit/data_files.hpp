#pragma once

// What lies around tables and log in a data directory: keys and policies are held against the
// ledger, and the names in their folders against those that the program gives.

#include "node/audit/replay.hpp"
#include "node/audit/report.hpp"

namespace handprint::audit {

/// `replay` has ended. Failure if the directory cannot be listed.
[[nodiscard]] Result<void>
check_data_files(const Options& options, const Replay& replay, Report& report);

/// Whether the key opens any of the first sealed values of each kind, or there is none.
[[nodiscard]] Result<bool> opens_any(store::Store& store, const pipeline::Vault& vault);

} // namespace handprint::audit
