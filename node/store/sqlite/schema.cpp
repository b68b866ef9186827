#include "node/store/sqlite/schema.hpp"

#include "node/store/sqlite/log_tables.hpp"
#include "node/store/sqlite/row_tables.hpp"

#include <array>

namespace handprint::store::sqlite {

namespace {

/// Applied in order, each in a transaction of its own that also notes it. Once released, a
/// migration is not edited. Rows of the fold need no conversion: a migration may drop them, and
/// replay fills them again.
struct Migration {
    int version;
    const char* name;
    std::string (*sql)();
};

constexpr std::array migrations = {
    Migration{1, "tables", [] { return log_schema() + row_schema(); }},
    Migration{2, "epoch_mac", epoch_schema},
};

SqlResult<> migrate(Connection& connection, const Migration& migration) {
    const std::string version = std::to_string(migration.version);
    auto done = connection.execute(
        "BEGIN IMMEDIATE;" + migration.sql() + "INSERT INTO migration VALUES(" + version + ",'"
        + migration.name + "');PRAGMA user_version=" + version + ";COMMIT"
    );
    if (!done) (void)connection.execute("ROLLBACK");
    return done;
}

Result<Int> pragma(Connection& connection, const char* sql) {
    Query query(connection, sql);
    Int value = 0;
    if (query.next()) value = query.integer(0);
    if (auto status = query.status(); !status) return unexpected(status.error());
    return value;
}

Result<void> check_tables(Connection& connection) {
    for (const TableShape& wanted : row_table_shapes()) {
        std::vector<std::string> found;
        Query query(connection, "SELECT name||' '||type||' '||pk FROM pragma_table_info(?)");
        query.with(wanted.table);
        while (query.next())
            found.emplace_back(query.text(0));
        if (auto status = query.status(); !status) return status;
        if (found != wanted.columns) {
            return fail("table " + wanted.table + " is not as this version has it");
        }
    }
    return {};
}

} // namespace

int schema_version() {
    return migrations.back().version;
}

Result<void> create_schema(Connection& connection) {
    const std::string id = std::to_string(application_id);
    auto begun = connection.execute(
        "PRAGMA application_id=" + id
        + ";CREATE TABLE migration(version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"
    );
    if (!begun) return failure(begun.error());
    for (const Migration& migration : migrations) {
        if (auto done = migrate(connection, migration); !done) return failure(done.error());
    }
    return {};
}

Result<int> version_of(Connection& connection) {
    const auto id = pragma(connection, "PRAGMA application_id");
    if (!id) return unexpected(id.error());
    if (*id != Int{application_id}) return fail("not a store of Handprint");
    const auto version = pragma(connection, "PRAGMA user_version");
    if (!version) return unexpected(version.error());
    const auto noted = pragma(connection, "SELECT max(version) FROM migration");
    if (!noted) return unexpected(noted.error());
    if (*noted != *version) return fail("the migrations and the version of the schema disagree");
    if (*version > schema_version()) return fail("written by a newer version of Handprint");
    return static_cast<int>(*version);
}

Result<void> adopt_schema(Connection& connection, int version) {
    for (const Migration& migration : migrations) {
        if (migration.version <= version) continue;
        if (auto done = migrate(connection, migration); !done) return failure(done.error());
    }
    return check_tables(connection);
}

Result<void> check_migrations(Connection& connection) {
    Query query(connection, "SELECT version,name FROM migration ORDER BY version");
    for (const Migration& migration : migrations) {
        if (!query.next() || query.integer(0) != Int{migration.version}
            || query.text(1) != migration.name) {
            if (auto status = query.status(); !status) return status;
            return fail(
                "migration: version " + std::to_string(migration.version)
                + " is not noted as name \"" + migration.name + '"'
            );
        }
    }
    if (query.next()) return fail("migration: a version that this program does not know");
    return query.status();
}

} // namespace handprint::store::sqlite
