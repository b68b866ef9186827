#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

namespace handprint::audit_test {

/// A database for the test's own statements.
class Sql {
public:
    explicit Sql(const std::string& path) {
        REQUIRE(sqlite3_open(path.c_str(), &db_) == SQLITE_OK);
    }

    Sql(const Sql&) = delete;
    Sql& operator=(const Sql&) = delete;

    ~Sql() { sqlite3_close(db_); }

    /// Rows of texts.
    std::vector<std::vector<std::string>> ask(const std::string& sql) {
        std::vector<std::vector<std::string>> rows;
        sqlite3_stmt* statement = nullptr;
        REQUIRE(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            auto& row = rows.emplace_back();
            for (int i = 0; i < sqlite3_column_count(statement); ++i) {
                const auto* text = sqlite3_column_text(statement, i);
                row.emplace_back(text == nullptr ? "" : reinterpret_cast<const char*>(text));
            }
        }
        sqlite3_finalize(statement);
        return rows;
    }

    /// False if the schema forbids it or nothing changed.
    bool run(const std::string& sql) {
        return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK
               && sqlite3_changes(db_) == 1;
    }

private:
    sqlite3* db_ = nullptr;
};

} // namespace handprint::audit_test
