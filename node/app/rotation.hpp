#pragma once

// The log gets a new key and keeps its name. The node must not run meanwhile.

#include "ledger/merkle/policy.hpp"
#include "node/app/node_files.hpp"
#include "node/client/key_file.hpp"
#include "node/store/store.hpp"

#include <string>

namespace handprint::app {

struct Rotation {
    merkle::VerifierKey key; // the new one
    std::string archived;    // file of the policy that was in force
    market::Int size = 0;    // of the log: no checkpoint above it is signed by the old key
};

/// Makes the key, has the delegate enter it, keeps the policy that was in force under `policies/`
/// and puts the new policy and key in place. After a stop in between it goes on where it was.
[[nodiscard]] Result<Rotation>
rotate_log_key(const NodeFiles& files, const client::PartyKey& delegate);

/// Failure unless ledger and policy file name this log key.
[[nodiscard]] Result<void>
check_log_key(store::Store& store, const merkle::Policy& policy, const merkle::VerifierKey& key);

} // namespace handprint::app
