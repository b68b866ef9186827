#pragma once

#include "node/store/sqlite/connection.hpp"

#include <string>

namespace handprint::store::sqlite {

/// Copies one snapshot of a database to `path`, which must not exist; it appears whole or not at
/// all. Commits go on meanwhile. `from` says how to open the source.
[[nodiscard]] Result<void> copy_database(const ConnectionOptions& from, const std::string& path);

} // namespace handprint::store::sqlite
