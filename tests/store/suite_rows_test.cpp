// Rows: every table, every awkward value, scans and digests, for every driver.

#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::market;

#define DRIVERS MemoryDriver, SqliteDriver

namespace {

Scan table(std::size_t number) {
    return {.table = static_cast<std::uint8_t>(number)};
}

void write(Store& store, std::vector<Row> rows, std::vector<Key> erases = {}) {
    Batch batch = samples::next_batch(store.head().value(), 1);
    batch.upserts = std::move(rows);
    batch.erases = std::move(erases);
    REQUIRE(store.commit(batch).outcome == Outcome::committed);
}

/// `count` rows of each table by key, so that of equal keys one remains.
std::map<Key, Row> many_rows(std::uint64_t seed, std::size_t count) {
    samples::Source source(seed);
    std::map<Key, Row> out;
    for (std::size_t t = 0; t < row_kinds; ++t) {
        for (std::size_t i = 0; i < count; ++i) {
            Row row = source.row(t);
            const Key key = row_key(row);
            out.insert_or_assign(key, std::move(row));
        }
    }
    return out;
}

Row batch_row(std::string domain, std::string language) {
    BatchRow row;
    row.batch = 1;
    row.domain = std::move(domain);
    row.language = std::move(language);
    return row;
}

Row claim_row(Int member, Int until) {
    ClaimRow row;
    row.member = member;
    row.until = until;
    return row;
}

std::vector<Row> values(const std::map<Key, Row>& rows) {
    std::vector<Row> out;
    for (const auto& [key, row] : rows)
        out.push_back(row);
    return out;
}

} // namespace

TEST_CASE_TEMPLATE("rows of every table come back as they were written", D, DRIVERS) {
    D driver;
    auto store = driver.open();
    const auto rows = many_rows(1, 20);
    write(*store, values(rows));
    std::vector<Key> keys;
    for (const auto& [key, row] : rows)
        keys.push_back(key);
    std::reverse(keys.begin(), keys.end());
    for (const bool reopened : {false, true}) {
        CAPTURE(reopened);
        if (reopened) {
            store.reset();
            store = driver.open();
        }
        const auto found = store->load(keys).value();
        REQUIRE(found.size() == keys.size());
        for (std::size_t i = 0; i < keys.size(); ++i) {
            REQUIRE(found[i].has_value());
            CHECK(samples::same(*found[i], rows.at(keys[i])));
        }
    }
}

TEST_CASE_TEMPLATE("writing a row again replaces it, erasing removes it", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    write(*store, {AccountRow{"payable/m:1", "KES", 1, 2}, AccountRow{"payable/m:1", "USD", 3, 4}});
    write(*store, {AccountRow{"payable/m:1", "KES", 10, 20}});
    const std::array keys = {
        key_of<AccountRow>(std::string("payable/m:1"), std::string("KES")),
        key_of<AccountRow>(std::string("payable/m:1"), std::string("USD")),
        key_of<AccountRow>(std::string("payable/m:1"), std::string("EUR")),
    };
    auto found = store->load(keys).value();
    CHECK(std::get<AccountRow>(*found[0]).credits == 20);
    CHECK(std::get<AccountRow>(*found[1]).credits == 4);
    CHECK_FALSE(found[2].has_value());
    write(*store, {}, {keys[0], keys[2]});
    found = store->load(keys).value();
    CHECK_FALSE(found[0].has_value());
    CHECK(found[1].has_value());
}

TEST_CASE_TEMPLATE("erases come before upserts", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    write(*store, {TaskRow{1, 2, 3, 4}});
    write(*store, {TaskRow{1, 2, 5, 6}}, {key_of<TaskRow>(Int{1}, Int{2})});
    const std::array keys = {key_of<TaskRow>(Int{1}, Int{2})};
    CHECK(std::get<TaskRow>(*store->load(keys).value()[0]).submitted == 5);
}

TEST_CASE_TEMPLATE("no keys, no rows; the same key twice, the same row twice", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    CHECK(store->load({}).value().empty());
    write(*store, {TaskRow{1, 2, 3, 4}});
    const Key key = key_of<TaskRow>(Int{1}, Int{2});
    const auto found = store->load(std::array{key, key}).value();
    CHECK(found[0].has_value());
    CHECK(found[1].has_value());
}

TEST_CASE_TEMPLATE("a scan of every table is in key order, page by page", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const auto rows = many_rows(2, 12);
    write(*store, values(rows));
    for (std::size_t t = 0; t < row_kinds; ++t) {
        CAPTURE(t);
        std::vector<Row> wanted;
        for (const auto& [key, row] : rows) {
            if (key.table == t) wanted.push_back(row);
        }
        for (const std::size_t page : {1U, 5U, 1000U}) {
            std::vector<Row> found;
            Scan what = table(t);
            what.limit = page;
            for (;;) {
                const auto some = store->scan(what).value();
                if (some.empty()) break;
                CHECK(some.size() <= page);
                for (const Row& row : some)
                    found.push_back(row);
                what.after = row_key(found.back());
            }
            REQUIRE(found.size() == wanted.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                CHECK(samples::same(found[i], wanted[i]));
            }
        }
    }
}

TEST_CASE_TEMPLATE("a scan by prefix", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    std::vector<Row> rows;
    for (const Int batch : {-5, 1, 2}) {
        for (const Int task : {-1, 0, 7}) {
            for (const Int member : {INT64_MIN, Int{3}, INT64_MAX}) {
                rows.push_back(AssignmentRow{.batch = batch, .task = task, .member = member});
            }
        }
    }
    std::reverse(rows.begin(), rows.end());
    write(*store, rows);
    const auto keys_of = [&](const Scan& what) {
        std::vector<std::array<Int, 3>> out;
        const auto found = store->scan(what).value();
        for (const Row& row : found)
            out.push_back(row_key(row).n);
        return out;
    };
    using Keys = std::vector<std::array<Int, 3>>;
    const auto key = [](Int batch, Int task, Int member) {
        return key_of<AssignmentRow>(batch, task, member);
    };
    Scan what = table(table_of<AssignmentRow>());
    CHECK(keys_of(what).size() == 27);
    what.prefix = key(1, 0, 0);
    what.prefix_columns = 1;
    CHECK(keys_of(what).size() == 9);
    what.prefix_columns = 2;
    CHECK(keys_of(what) == Keys{{1, 0, INT64_MIN}, {1, 0, 3}, {1, 0, INT64_MAX}});
    what.after = key(1, 0, INT64_MIN);
    CHECK(keys_of(what) == Keys{{1, 0, 3}, {1, 0, INT64_MAX}});
    what.after = key(1, 0, INT64_MAX);
    CHECK(keys_of(what).empty());
    what.after = key(-5, 0, 0); // before the prefix: hides nothing
    CHECK(keys_of(what).size() == 3);
    what.after = key(1, 7, INT64_MIN); // after it: hides all
    CHECK(keys_of(what).empty());
    what.after = {};
    what.prefix = key(1, 0, 3);
    what.prefix_columns = 3;
    CHECK(keys_of(what) == Keys{{1, 0, 3}});
    what.after = key(1, 0, 3);
    CHECK(keys_of(what).empty());
    what.after = {};
    what.prefix = key(4, 0, 0);
    what.prefix_columns = 1;
    CHECK(keys_of(what).empty());

    Scan skills = table(table_of<SkillRow>());
    write(
        *store,
        {SkillRow{1, "law", 1, 0}, SkillRow{1, std::string("law\0", 4), 2, 0}, SkillRow{2, "", 3, 0}
        }
    );
    skills.prefix = key_of<SkillRow>(Int{1}, std::string());
    skills.prefix_columns = 1;
    CHECK(store->scan(skills).value().size() == 2);
    skills.after = key_of<SkillRow>(Int{1}, std::string("law"));
    CHECK(store->scan(skills).value().size() == 1);
}

TEST_CASE_TEMPLATE("a scan of limit 0 is empty, one of no table fails", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    write(*store, {TaskRow{1, 2, 3, 4}});
    Scan what = table(table_of<TaskRow>());
    what.limit = 0;
    CHECK(store->scan(what).value().empty());
    CHECK_FALSE(store->scan(table(row_kinds)).has_value());
}

TEST_CASE_TEMPLATE("due assignments: only those submitted, in order", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const auto assignment = [](Int batch, Int task, AssignmentState state, Int due) {
        return AssignmentRow{
            .batch = batch, .task = task, .member = 9, .state = static_cast<Int>(state), .due = due
        };
    };
    using enum AssignmentState;
    write(*store, {assignment(1, 1, submitted, 30), assignment(1, 2, submitted, 10)});
    write(*store, {assignment(2, 1, submitted, 10), assignment(2, 2, accepted, 5)});
    CHECK(store->due(9, 10).value().empty());
    CHECK(store->due(10, 10).value() == std::vector<Due>{{10, 1, 2, 9}, {10, 2, 1, 9}});
    CHECK(store->due(30, 10).value().size() == 3);
    CHECK(store->due(30, 1).value() == std::vector<Due>{{10, 1, 2, 9}});
    // Accepted, postponed and erased assignments leave their old place.
    write(*store, {assignment(1, 2, accepted, 10), assignment(2, 1, submitted, 40)});
    CHECK(store->due(30, 10).value() == std::vector<Due>{{30, 1, 1, 9}});
    write(*store, {}, {key_of<AssignmentRow>(Int{1}, Int{1}, Int{9})});
    CHECK(store->due(INT64_MAX, 10).value() == std::vector<Due>{{40, 2, 1, 9}});
}

TEST_CASE("the digest is the same in every driver, whatever the history") {
    MemoryDriver memory;
    SqliteDriver sqlite;
    const auto a = memory.open();
    const auto b = sqlite.open();
    CHECK(a->digest().value() == b->digest().value());
    const auto rows = many_rows(3, 10);
    write(*a, values(rows));
    // The other gets there by a detour and in another order.
    auto backwards = values(rows);
    std::reverse(backwards.begin(), backwards.end());
    const Row extra = RuleRow{.name = "gone tomorrow"};
    write(*b, {extra});
    CHECK(a->digest().value() != b->digest().value());
    for (const Row& row : backwards)
        write(*b, {row});
    write(*b, {}, {row_key(extra)});
    CHECK(a->digest().value() == b->digest().value());
}

TEST_CASE_TEMPLATE("the digest covers every column of fold rows and nothing else", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    write(*store, {batch_row("", "sw"), claim_row(1, 0)});
    const Hash before = store->digest().value();
    write(*store, {claim_row(1, 5), claim_row(2, 0)});
    CHECK(store->digest().value() == before);
    write(*store, {batch_row("", "sv")});
    CHECK(store->digest().value() != before);
    write(*store, {batch_row("", "sw")});
    CHECK(store->digest().value() == before);
    write(*store, {batch_row("sw", "")});
    CHECK(store->digest().value() != before);
}

TEST_CASE("cells are unambiguous: where one ends is part of the bytes") {
    CHECK(samples::bytes_of(AccountRow{"ab", "c"}) != samples::bytes_of(AccountRow{"a", "bc"}));
    CHECK(samples::bytes_of(AccountRow{"a", "b"}) != samples::bytes_of(ClassRow{"a", "b"}));
    CHECK(
        as_text(samples::bytes_of(RuleRow{"fee", 1, 0, -1}))
        == std::string_view(
            "\0\0\0\4rule\0\0\0\3fee\0\0\0\10\0\0\0\0\0\0\0\1\0\0\0\10\0\0\0\0\0\0\0\0"
            "\0\0\0\10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
            51
        )
    );
}

TEST_CASE("integer columns of a key come before its texts, as the order of Key has it") {
    for_each_table([]<class R>(std::type_identity<R>) {
        bool text = false;
        for (std::size_t i = 0; i < static_cast<std::size_t>(R::keys); ++i) {
            CAPTURE(R::table);
            CHECK(columns<R>()[i].type != ColumnType::hash);
            if (columns<R>()[i].type == ColumnType::text) text = true;
            CHECK_FALSE((text && columns<R>()[i].type == ColumnType::integer));
        }
    });
}
