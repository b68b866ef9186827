#pragma once

#include "ledger/base/result.hpp"

#include <string>

namespace handprint::store::sqlite {

[[nodiscard]] bool exists(const std::string& path);

/// Makes an empty file that only its owner can read, in place of what an interrupted attempt left.
[[nodiscard]] Result<void> start_part_file(const std::string& part);

/// Gives a finished file its name, durably, and refuses to replace another: it appears whole or not
/// at all.
[[nodiscard]] Result<void> publish(const std::string& part, const std::string& path);

/// Writes a file over with what it holds, and syncs it and its name. When a sync fails, the kernel
/// forgets that it owes those pages to the disk, and still shows them to whoever reads; only
/// writing them makes it remember. No file, nothing to do.
[[nodiscard]] Result<void> write_again(const std::string& path);

} // namespace handprint::store::sqlite
