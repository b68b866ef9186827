#pragma once

#include "node/store/sqlite/connection.hpp"

#include <cstdint>

namespace handprint::store::sqlite {

/// "HPst", in the file's header: says whose file it is.
inline constexpr std::uint32_t application_id = 0x48507374;

/// The newest migration this program knows.
[[nodiscard]] int schema_version();

/// In an empty file: all migrations and a head of size 0.
[[nodiscard]] Result<void> create_schema(Connection& connection);

/// Refuses a file of another application, one that a newer program wrote, or one whose tables are
/// not those of the row descriptions; brings an older one up to date.
[[nodiscard]] Result<void> adopt_schema(Connection& connection);

/// For an audit: whether the noted migrations are those of this program, by number and name.
[[nodiscard]] Result<void> check_migrations(Connection& connection);

} // namespace handprint::store::sqlite
