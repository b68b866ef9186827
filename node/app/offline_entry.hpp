#pragma once

// One entry into the ledger of a node that does not run.

#include "node/app/node_files.hpp"
#include "node/pipeline/job.hpp"
#include "node/store/store.hpp"

#include <string>

namespace handprint::app {

/// Waits until the entry is durable. Failure, with the reason, if it is refused. Timers and runs
/// stay as they are.
[[nodiscard]] Result<pipeline::Answer> enter_offline(
    store::Store& store,
    const NodeKeys& keys,
    market::Command command,
    const std::string& actor,
    const KeyPair& by
);

} // namespace handprint::app
