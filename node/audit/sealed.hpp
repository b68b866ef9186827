#pragma once

// What is kept outside the ledger: sealed values and blobs. Each opens under its kind and id; what
// the ledger commits to opens its commitment.

#include "node/audit/report.hpp"
#include "node/market/state.hpp"

namespace handprint::audit {

class LogTree;

/// Failure if the store cannot be read.
[[nodiscard]] Result<void> check_sealed(
    store::Store& store,
    const pipeline::Vault& vault,
    const market::State& state,
    const LogTree& tree,
    Report& report
);

} // namespace handprint::audit
