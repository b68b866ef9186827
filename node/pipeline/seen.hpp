#pragma once

// Checkpoints that this node has signed. A signer may name one that it had seen; a command that
// names another is of another history, and the audit would hold it against this log for ever.

#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

#include <map>

namespace handprint::pipeline {

/// Not thread-safe.
class SignedCheckpoints {
public:
    SignedCheckpoints(store::Store& store, const Vault& vault) : store_(store), vault_(vault) {}

    /// Whether we signed that root for that size. One read, none for a checkpoint asked for lately.
    [[nodiscard]] Result<bool> has(Int size, const Hash& root);

private:
    store::Store& store_;
    const Vault& vault_;
    std::map<Int, Hash> known_;
};

} // namespace handprint::pipeline
