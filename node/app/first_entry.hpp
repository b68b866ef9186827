#pragma once

// What the first entry of a ledger fixes for its life, held against this program.

#include "ledger/base/result.hpp"
#include "node/app/node_files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <string>

namespace handprint::app {

/// Failure if the ledger in `dir` was founded with other formats or domain strings: whatever this
/// program added to it, nobody could verify. To be asked before anything is signed.
[[nodiscard]] Result<void> check_first_entry(store::Store& store, const std::string& dir);

/// For a process that holds the lock of `files`: it brings tables of an older program up to date
/// in a ledger with which this one can go on.
[[nodiscard]] store::SqliteOptions own_store(const NodeFiles& files, const store::MacKey& mac_key);

} // namespace handprint::app
