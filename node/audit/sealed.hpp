#pragma once

// What is kept outside the ledger: sealed values and blobs. Each opens under its kind and id; what
// the ledger commits to opens its commitment.

#include "node/audit/log_tree.hpp"
#include "node/audit/report.hpp"
#include "node/market/state.hpp"

#include <memory>

namespace handprint::audit {

/// Checks in two passes, since most of it can be done while the log is being folded. Each gives a
/// Failure if the store cannot be read.
class SealedCheck {
public:
    /// All three must outlive this. `size` is that of the log.
    SealedCheck(store::Store& store, const pipeline::Vault& vault, Int size, Report& report);
    ~SealedCheck();
    SealedCheck(const SealedCheck&) = delete;
    SealedCheck& operator=(const SealedCheck&) = delete;

    /// What is held against the stored parts of entries alone.
    [[nodiscard]] Result<void> against_parts();
    /// All else, afterwards.
    [[nodiscard]] Result<void> against_state(const market::State& state, const LogTree& tree);

private:
    class Checker;
    std::unique_ptr<Checker> checker_;
};

} // namespace handprint::audit
