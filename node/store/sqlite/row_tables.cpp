#include "node/store/sqlite/row_tables.hpp"

#include "ledger/base/check.hpp"
#include "node/store/sqlite/row_sql.hpp"
#include "node/store/state_digest.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace handprint::store::sqlite {

using market::Key;
using market::Row;

namespace {

template <class R>
R read_row(Query& query) {
    R row;
    int column = 0;
    R::fields(row, [&](const char*, auto& value) { query.read(column++, value); });
    return row;
}

template <class R>
void bind_key(Query& query, const Key& key) {
    for_each_key_column<R>(key, [&query](const auto& value) { query.bind(value); });
}

template <class R>
Result<std::optional<Row>> load_row(Connection& connection, const Key& key) {
    Query query(connection, select_sql<R>());
    bind_key<R>(query, key);
    std::optional<Row> out;
    if (query.next()) out.emplace(std::in_place_type<R>, read_row<R>(query));
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

template <class R>
Result<std::vector<Row>> scan_table(Connection& connection, const Scan& what) {
    HP_CHECK(what.prefix_columns >= 0 && what.prefix_columns <= R::keys, "a part of the key");
    bool resume = false;
    if (what.after) {
        // Where `after` is not among the keys with the prefix, all of those come after it or
        // before.
        const auto order = compare_prefix<R>(*what.after, what.prefix, what.prefix_columns);
        if (order > 0) return std::vector<Row>();
        resume = order == 0;
        if (resume && what.prefix_columns == R::keys) return std::vector<Row>();
    }
    Query query(connection, scan_sql<R>(what.prefix_columns, resume));
    int column = 0;
    for_each_key_column<R>(what.prefix, [&](const auto& value) {
        if (column++ < what.prefix_columns) query.bind(value);
    });
    if (resume) {
        column = 0;
        for_each_key_column<R>(*what.after, [&](const auto& value) {
            if (column++ >= what.prefix_columns) query.bind(value);
        });
    }
    query.with(static_cast<Int>(std::min<std::size_t>(what.limit, INT64_MAX)));
    std::vector<Row> out;
    while (query.next())
        out.emplace_back(std::in_place_type<R>, read_row<R>(query));
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

template <class R>
void bind_row(Query& query, const R& row, const MacKey& mac_key) {
    R::fields(row, [&query](const char*, const auto& value) { query.bind(value); });
    if constexpr (has_mac<R>) {
        const Hash mac = row_mac(mac_key, row);
        query.bind(mac);
        query.run(); // here, while `mac` lives
    } else {
        query.run();
    }
}

struct Placed {
    KeyView key;
    const Row* row;
};

template <class R>
SqlResult<>
write_table(Connection& connection, std::span<const Placed> placed, const MacKey& mac_key) {
    Query query(connection, put_sql<R>());
    for (const Placed& p : placed) {
        bind_row(query, *std::get_if<R>(p.row), mac_key);
        if (query.failed()) return unexpected(query.error());
    }
    return {};
}

} // namespace

std::string row_schema() {
    std::string sql;
    for_each_table([&sql]<class R>(std::type_identity<R>) { sql += create_sql<R>() + "\n"; });
    // Only what waits for acceptance, so the index is as small as the backlog.
    return sql
           + "CREATE INDEX assignment_due ON assignment(due,batch,task,member) WHERE state=1;\n";
}

std::vector<TableShape> row_table_shapes() {
    std::vector<TableShape> out;
    for_each_table([&out]<class R>(std::type_identity<R>) {
        TableShape shape{R::table, {}};
        int position = 0;
        for (const Column& column : columns<R>()) {
            const int key = position < R::keys ? position + 1 : 0;
            shape.columns.push_back(
                std::string(column.name) + " " + type_name(column.type) + " " + std::to_string(key)
            );
            ++position;
        }
        if (has_mac<R>) shape.columns.emplace_back("mac BLOB 0");
        out.push_back(std::move(shape));
    });
    return out;
}

Result<std::vector<std::optional<Row>>>
load_rows(Connection& connection, std::span<const Key> keys) {
    std::vector<std::optional<Row>> out;
    out.reserve(keys.size());
    for (const Key& key : keys) {
        Result<std::optional<Row>> row = fail("no such table");
        (void)with_table(key.table, [&]<class R>(std::type_identity<R>) {
            row = load_row<R>(connection, key);
        });
        if (!row) return unexpected(row.error());
        out.push_back(std::move(row).value());
    }
    return out;
}

Result<std::vector<Row>> scan_rows(Connection& connection, const Scan& what) {
    Result<std::vector<Row>> rows = fail("no such table");
    (void)with_table(what.table, [&]<class R>(std::type_identity<R>) {
        rows = scan_table<R>(connection, what);
    });
    return rows;
}

Result<std::vector<Due>> due_rows(Connection& connection, Int until, std::size_t limit) {
    Query query(
        connection,
        "SELECT due,batch,task,member FROM assignment INDEXED BY assignment_due "
        "WHERE state=1 AND due<=? ORDER BY due,batch,task,member LIMIT ?"
    );
    query.with(until, static_cast<Int>(std::min<std::size_t>(limit, INT64_MAX)));
    std::vector<Due> out;
    while (query.next()) {
        out.push_back({query.integer(0), query.integer(1), query.integer(2), query.integer(3)});
    }
    if (auto status = query.status(); !status) return unexpected(status.error());
    return out;
}

SqlResult<> write_rows(Connection& connection, std::span<const Row> rows, const MacKey& mac_key) {
    std::vector<Placed> placed;
    placed.reserve(rows.size());
    for (const Row& row : rows)
        placed.push_back({key_view(row), &row});
    std::sort(placed.begin(), placed.end(), [](const Placed& a, const Placed& b) {
        if (a.row->index() != b.row->index()) return a.row->index() < b.row->index();
        return a.key < b.key;
    });
    for (std::size_t first = 0; first < placed.size();) {
        const std::size_t table = placed[first].row->index();
        std::size_t end = first + 1;
        for (; end < placed.size() && placed[end].row->index() == table; ++end) {
            HP_CHECK(placed[end - 1].key != placed[end].key, "a batch writes a row once");
        }
        SqlResult<> written;
        const auto group = std::span(placed).subspan(first, end - first);
        (void)with_table(table, [&]<class R>(std::type_identity<R>) {
            written = write_table<R>(connection, group, mac_key);
        });
        if (!written) return written;
        first = end;
    }
    return {};
}

SqlResult<> erase_rows(Connection& connection, std::span<const Key> keys) {
    for (const Key& key : keys) {
        SqlResult<> erased;
        const bool known = with_table(key.table, [&]<class R>(std::type_identity<R>) {
            Query query(connection, erase_sql<R>());
            bind_key<R>(query, key);
            if (!query.run()) erased = unexpected(query.error());
        });
        HP_CHECK(known, "a key names a table");
        if (!erased) return erased;
    }
    return {};
}

Result<Hash> state_digest(Connection& connection) {
    StateDigest digest;
    Result<void> status;
    for_each_table([&]<class R>(std::type_identity<R>) {
        if constexpr (market::is_fold_row<R>) {
            if (!status) return;
            Query query(connection, select_all_sql<R>());
            while (query.next())
                digest.add(read_row<R>(query));
            status = query.status();
        }
    });
    if (!status) return unexpected(status.error());
    return digest.finish();
}

Result<std::vector<std::string>>
changed_operational_rows(Connection& connection, const MacKey& mac_key) {
    std::vector<std::string> out;
    Result<void> status;
    for_each_table([&]<class R>(std::type_identity<R>) {
        if constexpr (has_mac<R>) {
            if (!status) return;
            Query query(connection, select_all_sql<R>());
            while (query.next()) {
                const R row = read_row<R>(query);
                if (equal(query.blob(column_count<R>()), row_mac(mac_key, row))) continue;
                std::string name = R::table;
                for_each_key_column<R>(market::row_key(row), [&name]<class T>(const T& value) {
                    if constexpr (std::is_same_v<T, Int>) {
                        name += " " + std::to_string(value);
                    } else {
                        name += " " + std::string(value);
                    }
                });
                out.push_back(name + " was not written by this node");
            }
            status = query.status();
        }
    });
    if (!status) return unexpected(status.error());
    return out;
}

} // namespace handprint::store::sqlite
