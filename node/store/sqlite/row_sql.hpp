#pragma once

// The SQL texts of one row type. Each is made once and lives as long as the program, as
// Connection::statement() needs.

#include "node/store/row_codec.hpp"

#include <array>
#include <string>

namespace handprint::store::sqlite {

inline const char* type_name(ColumnType type) {
    switch (type) {
    case ColumnType::integer:
        return "INTEGER";
    case ColumnType::text:
        return "TEXT";
    case ColumnType::hash:
        return "BLOB";
    }
    return "";
}

/// Operational rows carry a MAC in a last column.
template <class R>
inline constexpr bool has_mac = !market::is_fold_row<R>;

/// "a,b,c" of the columns from `first` to before `last`, each followed by `suffix`.
template <class R>
std::string column_list(int first, int last, const char* suffix = "", const char* between = ",") {
    std::string out;
    for (int i = first; i < last; ++i) {
        if (i > first) out += between;
        out += columns<R>()[static_cast<std::size_t>(i)].name;
        out += suffix;
    }
    return out;
}

template <class R>
int column_count() {
    return static_cast<int>(columns<R>().size());
}

inline std::string placeholders(int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out += i == 0 ? "?" : ",?";
    return out;
}

template <class R>
std::string create_sql() {
    std::string sql = std::string("CREATE TABLE ") + R::table + "(";
    // A lone integer key is the rowid itself; any other key clusters the table.
    const bool rowid = R::keys == 1 && columns<R>()[0].type == ColumnType::integer;
    int position = 0;
    for (const Column& column : columns<R>()) {
        sql += std::string(column.name) + " " + type_name(column.type);
        sql += rowid && position++ == 0 ? " PRIMARY KEY," : " NOT NULL,";
    }
    if (has_mac<R>) sql += "mac BLOB NOT NULL,";
    if (rowid) {
        sql.back() = ')';
        return sql + " STRICT;";
    }
    return sql + "PRIMARY KEY(" + column_list<R>(0, R::keys) + ")) STRICT, WITHOUT ROWID;";
}

template <class R>
std::string select_list() {
    return "SELECT " + column_list<R>(0, column_count<R>()) + (has_mac<R> ? ",mac" : "") + " FROM "
           + R::table;
}

template <class R>
const char* select_sql() {
    static const std::string sql =
        select_list<R>() + " WHERE " + column_list<R>(0, R::keys, "=?", " AND ");
    return sql.c_str();
}

template <class R>
const char* select_all_sql() {
    static const std::string sql = select_list<R>() + " ORDER BY " + column_list<R>(0, R::keys);
    return sql.c_str();
}

/// REPLACE writes over the row in place: a table has one tree, or its index moves along.
template <class R>
const char* put_sql() {
    static const std::string sql = std::string("REPLACE INTO ") + R::table + " VALUES("
                                   + placeholders(column_count<R>() + (has_mac<R> ? 1 : 0)) + ")";
    return sql.c_str();
}

template <class R>
const char* erase_sql() {
    static const std::string sql = std::string("DELETE FROM ") + R::table + " WHERE "
                                   + column_list<R>(0, R::keys, "=?", " AND ");
    return sql.c_str();
}

/// Keys whose first `prefix` columns are given, optionally with the rest after given values.
template <class R>
const char* scan_sql(int prefix, bool after) {
    static const auto make = [](int given, bool resume) {
        std::string where;
        if (given > 0) where = column_list<R>(0, given, "=?", " AND ");
        if (resume && given < R::keys) {
            if (given > 0) where += " AND ";
            where +=
                "(" + column_list<R>(given, R::keys) + ")>(" + placeholders(R::keys - given) + ")";
        }
        return select_list<R>() + (where.empty() ? "" : " WHERE " + where) + " ORDER BY "
               + column_list<R>(0, R::keys) + " LIMIT ?";
    };
    static const std::array<std::array<std::string, 2>, 4> sql = [] {
        std::array<std::array<std::string, 2>, 4> out;
        for (int given = 0; given <= R::keys; ++given) {
            for (const bool resume : {false, true}) {
                out[static_cast<std::size_t>(given)][resume ? 1 : 0] = make(given, resume);
            }
        }
        return out;
    }();
    return sql[static_cast<std::size_t>(prefix)][after ? 1 : 0].c_str();
}

} // namespace handprint::store::sqlite
