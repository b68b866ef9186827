#pragma once

// What outsiders can read of a log.

#include "node/store/store.hpp"

#include <string>

namespace handprint::audit_test {

/// Empty if there is a checkpoint with its quorum, all tiles below it and the list of each
/// distribution that it covers, or nothing yet; else what is wrong. `judge` is a policy.
[[nodiscard]] std::string
wrong_in_log(store::Store& store, const std::string& dir, const std::string& judge);

} // namespace handprint::audit_test
