#pragma once

// Chunks of tasks are stored before the entry that opens their import. When that entry never comes,
// or the batch is closed before all of them are entries, nobody needs them.

#include "ledger/base/result.hpp"
#include "node/market/rows.hpp"
#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

namespace handprint::pipeline {

/// Erases what was stored for an import into the batch and is not in the ledger, nor on its way
/// there: keys, salts, known answers and the ciphertext. `batch` is as committed, and until this
/// returns nobody stores chunks for it or opens an import.
[[nodiscard]] Result<void>
drop_staged(store::Store& store, const Vault& vault, const market::BatchRow& batch);
/// Of all batches: at start, before any request.
[[nodiscard]] Result<void> drop_staged(store::Store& store, const Vault& vault);

} // namespace handprint::pipeline
