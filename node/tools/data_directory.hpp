#pragma once

#include "ledger/base/result.hpp"

#include <string>

namespace handprint::tools {

/// Failure, in words for people, if `--data` names no directory or one without a ledger.
[[nodiscard]] Result<void> has_ledger(const std::string& data);

} // namespace handprint::tools
