#pragma once

// The published files held against the log: every tile and bundle, the lists of distributions, the
// checkpoint, nothing else.

#include "node/audit/log_tree.hpp"
#include "node/audit/report.hpp"
#include "node/market/state.hpp"

#include <string>
#include <vector>

namespace handprint::audit {

/// By which a checkpoint is judged.
struct Policies {
    std::string present;
    /// Of former log keys, under one of which it may stand until the new key has signed one.
    std::vector<merkle::Policy> former;
};

/// The checkpoint, then the names of all files.
[[nodiscard]] Result<LogFiles> list_log_files(const std::string& log_dir);

/// The newest time at which a quorum had seen the log, ms; 0 if nothing is published or none has.
[[nodiscard]] Result<Int> check_published(
    store::Store& store,
    const Options& options,
    const LogFiles& files,
    const Policies& by,
    const market::State& state,
    const LogTree& tree,
    Report& report
);

/// Entries whose headers are not those of the published bundles, when the log as a whole does not
/// give its root: says which were changed. False if none could be named.
bool name_changed_entries(const std::string& log_dir, const LogTree& tree, Report& report);

} // namespace handprint::audit
