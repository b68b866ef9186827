#pragma once

// What lies in a data directory beside the tables and the published log: the node's keys, its
// policy and those of former log keys, held against what the entries say of them.

#include "node/audit/replay.hpp"
#include "node/audit/report.hpp"
#include "node/market/rows.hpp"

#include <string>
#include <vector>

namespace handprint::audit {

/// A directory without `keys/` is a copy for who is to check it: what it does not hold is not
/// missed. A change of the log's key that was stopped half way is no fault. `policy`: the text of
/// the file where it has been read; empty: it is read here.
[[nodiscard]] Result<void> check_data_dir(
    const std::string& dir,
    const std::string& policy,
    const market::CoopRow& coop,
    const std::vector<FormerPolicy>& former,
    Report& report
);

} // namespace handprint::audit
