#pragma once

#include "ledger/base/result.hpp"

#include <string>

namespace handprint::store::sqlite {

[[nodiscard]] bool exists(const std::string& path);

/// Makes an empty file that only its owner can read, in place of what an interrupted attempt left.
[[nodiscard]] Result<void> start_part_file(const std::string& part);

} // namespace handprint::store::sqlite
