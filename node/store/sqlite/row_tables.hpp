#pragma once

// The rows of the market as SQLite tables: statements made from the row descriptions.

#include "node/store/sqlite/connection.hpp"
#include "node/store/store.hpp"

#include <string>
#include <vector>

namespace handprint::store::sqlite {

/// CREATE TABLE and CREATE INDEX for every row type.
[[nodiscard]] std::string row_schema();

[[nodiscard]] Result<std::vector<std::optional<market::Row>>>
load_rows(Connection& connection, std::span<const market::Key> keys);

[[nodiscard]] Result<std::vector<market::Row>> scan_rows(Connection& connection, const Scan& what);

[[nodiscard]] Result<std::vector<Due>>
due_rows(Connection& connection, Int until, std::size_t limit);

/// In (table, key) order, so that neighbours in the file are written one after the other.
[[nodiscard]] SqlResult<>
write_rows(Connection& connection, std::span<const market::Row> rows, const MacKey& mac_key);

[[nodiscard]] SqlResult<> erase_rows(Connection& connection, std::span<const market::Key> keys);

[[nodiscard]] Result<Hash> state_digest(Connection& connection);

/// One sentence for each operational row that does not have its MAC.
[[nodiscard]] Result<std::vector<std::string>>
changed_operational_rows(Connection& connection, const MacKey& mac_key);

/// Names and types of columns as they should be: table, then "name TYPE key-position" in order.
struct TableShape {
    std::string table;
    std::vector<std::string> columns;
};

[[nodiscard]] std::vector<TableShape> row_table_shapes();

} // namespace handprint::store::sqlite
