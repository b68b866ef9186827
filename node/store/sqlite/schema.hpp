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

/// The newest migration in the file. Refuses one of another application or of a newer program.
[[nodiscard]] Result<int> version_of(Connection& connection);

/// Brings tables of `version` up to date, then refuses any that are not those of the row
/// descriptions.
[[nodiscard]] Result<void> adopt_schema(Connection& connection, int version);

/// For an audit: whether the noted migrations are those of this program, by number and name.
[[nodiscard]] Result<void> check_migrations(Connection& connection);

} // namespace handprint::store::sqlite
