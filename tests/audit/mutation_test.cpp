// Generated from the schema: whatever is changed in the database, the audit says in which row of
// which table and in which column. The same of files: tests/app/data_files_test.cpp.

#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "node/files/files.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "tests/audit/quick_ledger.hpp"
#include "tests/audit/sql.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <set>

namespace handprint::audit_test {

namespace {

namespace fs = std::filesystem;

struct Column {
    std::string table, name, type;
    bool in_key = false;
};

struct Schema {
    std::vector<Column> columns;
    std::map<std::string, std::string> keys; // "a,b" by table
};

Schema read_schema(const std::string& path) {
    Schema schema;
    Sql sql(path);
    for (const auto& table : sql.ask("SELECT name FROM sqlite_schema WHERE type='table' AND name "
                                     "NOT LIKE 'sqlite_%' ORDER BY name")) {
        for (const auto& column :
             sql.ask("SELECT name,type,pk FROM pragma_table_info('" + table[0] + "')")) {
            schema.columns.push_back({table[0], column[0], column[1], column[2] != "0"});
            if (column[2] != "0") {
                auto& key = schema.keys[table[0]];
                key += (key.empty() ? "" : ",") + column[0];
            }
        }
    }
    return schema;
}

/// Changes one value of one row; false if the schema allows no change.
bool change(Sql& sql, const Schema& schema, const Column& column, std::size_t row) {
    const std::string key = '(' + schema.keys.at(column.table) + ')';
    const std::string rows = "SELECT " + schema.keys.at(column.table) + " FROM " + column.table
                             + " ORDER BY " + schema.keys.at(column.table) + " LIMIT 1 OFFSET "
                             + std::to_string(row);
    const std::string& c = column.name;
    std::vector<std::string> values = {c + "+1", c + "+1000003", "-5-" + c};
    if (column.type == "TEXT") {
        values = {
            "CASE WHEN " + c + "='' THEN 'x' ELSE substr(" + c + ",1,length(" + c
                + ")-1)||char(unicode(substr(" + c + ",-1))+1) END",
            c + "||'x'"
        };
    } else if (column.type == "BLOB") {
        // The first byte becomes another one.
        values = {
            "CASE WHEN hex(substr(" + c + ",1,1))='41' THEN x'42' ELSE x'41' END||substr(" + c
            + ",2)"
        };
        values = {"CAST(" + values[0] + " AS BLOB)"};
    }
    for (const auto& value : values) {
        if (sql.run(
                "UPDATE " + column.table + " SET " + c + "=" + value + " WHERE " + key + "=(" + rows
                + ")"
            )) {
            return true;
        }
    }
    return false;
}

struct Outcome {
    std::string error; // if the store does not even open
    audit::Report report;
};

Outcome audit_dir(const std::string& dir, const std::string& database, bool sealed = true) {
    pipeline::DataKey bytes{};
    bytes.fill(data_key);
    const pipeline::Vault vault(bytes, {});
    store::SqliteOptions where;
    where.path = database;
    where.mac_key = vault.mac_key();
    auto store = store::SqliteStore::open(where);
    if (!store) return {store.error().what, {}};
    audit::Options options;
    if (sealed) options.vault = &vault;
    options.log_dir = dir + "/log";
    options.threads = 1;
    auto report = audit::audit_store(**store, options);
    if (!report) return {report.error().what, {}};
    return {"", std::move(*report)};
}

bool lists(const std::string& list, const std::string& word) {
    return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

/// "batch=3,task=7", of every row in the order of its key.
std::vector<std::string> keys_of(Sql& sql, const Schema& schema, const std::string& table) {
    std::vector<std::string> keys;
    std::string text;
    for (const auto& column : schema.columns) {
        if (column.table != table || !column.in_key) continue;
        text += (text.empty() ? "'" : "||',") + column.name + "='||" + column.name;
    }
    const std::string sorted = " ORDER BY " + schema.keys.at(table);
    for (const auto& row : sql.ask("SELECT " + text + " FROM " + table + sorted))
        keys.push_back(row[0]);
    return keys;
}

/// The key of the row that was changed: before, and after.
std::set<std::string> changed_keys(
    const std::string& original,
    const std::string& copy,
    const Schema& schema,
    const std::string& table,
    std::size_t row
) {
    if (table == "head") return {""}; // it has one row
    Sql was(original), is(copy);
    const auto before = keys_of(was, schema, table);
    auto after = keys_of(is, schema, table);
    for (const auto& key : before)
        std::erase(after, key);
    after.push_back(before.at(row));
    return {after.begin(), after.end()};
}

/// A finding of this table, row and column and no other.
bool names(const Outcome& outcome, const Column& column, const std::set<std::string>& keys) {
    const auto& findings = outcome.report.findings;
    return std::any_of(findings.begin(), findings.end(), [&](const audit::Finding& finding) {
        return finding.table == column.table && keys.contains(finding.key)
               && lists(finding.column, column.name);
    });
}

/// Where the store itself finds it, before rows are read or beside them: its sentence.
std::optional<std::string>
sentence(const Column& column, std::size_t row, const std::string& copy) {
    const std::string name = column.table + '.' + column.name;
    if (name == "migration.version")
        return copy + ": the migrations and the version of the schema disagree";
    if (name == "migration.name") {
        const std::array migrations = {"tables", "epoch_mac"};
        return "migration: version " + std::to_string(row + 1) + " is not noted as name \""
               + migrations.at(row) + '"';
    }
    if (name != "entry.entry_index" && name != "head.size") return std::nullopt;
    const auto is = Sql(copy).ask("SELECT size,(SELECT min(entry_index) FROM entry),"
                                  "(SELECT max(entry_index) FROM entry) FROM head")[0];
    return copy + ": the head has size " + is[0] + ", but the entries are " + is[1] + " to "
           + is[2];
}

bool says(const Outcome& outcome, const std::string& sentence) {
    const auto& findings = outcome.report.findings;
    return outcome.error == sentence
           || (findings.size() == 1 && findings.front().code == "file_damaged"
               && findings.front().what == sentence);
}

std::string said(const Outcome& outcome) {
    return outcome.error.empty() ? audit::report_text(outcome.report) : outcome.error;
}

/// Columns of which the audit names the row only, and why.
const std::map<std::string, std::string>& excused() {
    static const std::map<std::string, std::string> list = {
        {"claim.member", "a claim is no entry: its MAC covers the row, so the row is named"},
        {"claim.batch", "as above"},
        {"claim.until", "as above"},
        {"claim.tasks", "as above"},
        {"claim.mac", "as above"},
    };
    return list;
}

/// The only finding is of the one row there is, and of any column of it.
bool names_whole_row(const Outcome& outcome, const std::string& table) {
    const auto& findings = outcome.report.findings;
    return findings.size() == 1 && findings.front().code == "operational_row"
           && findings.front().table == table && findings.front().column == "any";
}

struct Told {
    TempDir dir;
    Witnesses witnesses{dir};
    std::string data = dir.in("data");

    Told() {
        World world(data, witnesses);
        tell(world);
        world.close();
    }
};

/// Copies a database and lets `f` change the copy.
template <class F>
auto changed_copy(const std::string& original, const std::string& copy, F&& f) {
    for (const char* end : {"", "-wal", "-shm"})
        fs::remove(copy + end);
    fs::copy_file(original, copy);
    Sql sql(copy);
    return f(sql);
}

} // namespace

TEST_CASE("audit: every column of every table that is changed is named") {
    const Told told;
    const std::string original = told.data + "/ledger.db";
    const std::string copy = told.dir.in("copy.db");
    const Schema schema = read_schema(original);
    REQUIRE(schema.columns.size() > 150);
    std::set<std::string> forbidden;
    int changed = 0;
    for (const Column& column : schema.columns) {
        const std::string name = column.table + '.' + column.name;
        const auto count =
            std::stoul(Sql(original).ask("SELECT count(*) FROM " + column.table)[0][0]);
        INFO(name);
        REQUIRE(count > 0);
        std::set<std::size_t> rows{0, count / 2, count - 1};
        for (const std::size_t row : rows) {
            const bool done = changed_copy(original, copy, [&](Sql& sql) {
                return change(sql, schema, column, row);
            });
            if (!done) {
                forbidden.insert(name);
                continue;
            }
            ++changed;
            const Outcome outcome = audit_dir(told.data, copy);
            INFO("row ", row);
            INFO(said(outcome));
            const auto keys = changed_keys(original, copy, schema, column.table, row);
            if (excused().contains(name)) {
                CHECK(names_whole_row(outcome, column.table));
            } else if (const auto told_by_store = sentence(column, row, copy)) {
                CHECK(says(outcome, *told_by_store));
            } else {
                CHECK(names(outcome, column, keys));
            }
        }
    }
    CHECK(changed > 400);
    // What the schema itself forbids to change.
    std::string names_of_forbidden;
    for (const auto& name : forbidden)
        names_of_forbidden += name + ' ';
    CHECK(names_of_forbidden == "head.id ");
}

TEST_CASE("audit: rows are compared wherever the pages end in which tables are read") {
    TempDir dir;
    const std::string original = dir.in("ledger.db");
    const std::string copy = dir.in("copy.db");
    {
        store::SqliteOptions where;
        where.path = original;
        where.durable = false;
        const auto store = store::SqliteStore::create(where).value();
        quick::Ledger ledger(*store);
        quick::fill(ledger, 600, 3);
    }
    const auto count = std::stoi(Sql(original).ask("SELECT count(*) FROM command")[0][0]);
    REQUIRE(count > 600);
    REQUIRE(audit_dir(dir.in(""), original, false).report.clean());
    const auto expect_one = [&](int row, const char* code, const std::string& sql) {
        const std::string of_row =
            " WHERE (id,actor)=(SELECT id,actor FROM command ORDER BY id,actor LIMIT 1 OFFSET "
            + std::to_string(row) + ")";
        REQUIRE(changed_copy(original, copy, [&](Sql& to) { return to.run(sql + of_row); }));
        const auto outcome = audit_dir(dir.in(""), copy, false);
        INFO(row, ' ', said(outcome));
        REQUIRE(outcome.report.findings.size() == 1);
        CHECK(outcome.report.findings.front().code == code);
        CHECK(outcome.report.findings.front().table == "command");
    };
    for (const int row : {0, 1, 248, 249, 250, 251, 498, 499, 500, 501, count - 2, count - 1}) {
        expect_one(row, "row_differs", "UPDATE command SET entry_index=entry_index+1");
        expect_one(row, "row_missing", "DELETE FROM command");
        expect_one(
            row, "row_surplus", "INSERT INTO command SELECT actor,id||'0',entry_index FROM command"
        );
    }
}

TEST_CASE("audit: each changed column of a row is told, with the values where they differ") {
    const Told told;
    const std::string copy = told.dir.in("copy.db");
    REQUIRE(changed_copy(told.data + "/ledger.db", copy, [](Sql& sql) {
        return sql.run("UPDATE coop SET members=members+1,policy=policy||'# at the end'");
    }));
    const Outcome outcome = audit_dir(told.data, copy);
    INFO(said(outcome));
    REQUIRE(outcome.report.findings.size() == 2);
    std::string members = outcome.report.findings[0].what;
    std::string policy = outcome.report.findings[1].what;
    if (outcome.report.findings[0].column != "members") std::swap(members, policy);
    CHECK(members == "the ledger says 4, the table says 5");
    CHECK(policy.starts_with("the ledger says ..."));
    CHECK(policy.find("the table says ...") != std::string::npos);
    CHECK(policy.ends_with("# at the end\""));
    CHECK(policy.size() < 240);
}

TEST_CASE("audit: without the data key what is sealed stays closed, and nothing is wrong") {
    const Told told;
    const auto store = store::SqliteStore::open({.path = told.data + "/ledger.db"});
    REQUIRE(store);
    audit::Options options;
    options.log_dir = told.data + "/log";
    const auto report = audit::audit_store(**store, options).value();
    INFO(audit::report_text(report));
    CHECK(report.clean());
    CHECK(report.figures.unopened_closes > 0);
    CHECK(report.figures.secrets == 0);
}

TEST_CASE("audit: a header changed with care is told apart from changed files") {
    const Told told;
    const std::string copy = told.dir.in("copy.db");
    REQUIRE(changed_copy(told.data + "/ledger.db", copy, [](Sql& sql) {
        return sql.run("UPDATE entry SET header=replace(header,'\"rules\":14','\"rules\":15') "
                       "WHERE entry_index=5");
    }));
    const Outcome outcome = audit_dir(told.data, copy);
    INFO(said(outcome));
    CHECK(outcome.report.has("header_changed"));
    CHECK(outcome.report.has("rules_differ"));
}

TEST_CASE("audit: a changed header whose published files are gone is told by the head") {
    TempDir dir;
    store::SqliteOptions where;
    where.path = dir.in("ledger.db");
    where.durable = false;
    const auto store = store::SqliteStore::create(where).value();
    quick::Ledger ledger(*store);
    quick::fill(ledger, 20, 3);
    REQUIRE(Sql(where.path)
                .run("UPDATE entry SET header=replace(header,'\"rules\":14',"
                     "'\"rules\":15') WHERE entry_index=5"));
    for (const std::string& log_dir : {std::string(), dir.in("log")}) {
        audit::Options options;
        options.log_dir = log_dir;
        CHECK(audit::audit_store(*store, options).value().has("head_differs"));
    }
}

} // namespace handprint::audit_test
