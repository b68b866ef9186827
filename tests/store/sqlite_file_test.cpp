// What the SQLite driver makes of files: its own, others', damaged ones.

#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

using namespace handprint;
using namespace handprint::store;

namespace {

/// Behind the driver's back.
void run_sql(const std::string& path, const std::string& sql) {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    char* message = nullptr;
    const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
    CAPTURE(std::string(message == nullptr ? "" : message));
    CHECK(code == SQLITE_OK);
    sqlite3_close(db);
}

std::string why_not_open(const SqliteOptions& options) {
    const auto opened = SqliteStore::open(options);
    return opened.has_value() ? "it opened" : opened.error().what;
}

void make(const SqliteDriver& driver, std::size_t entries) {
    const auto store = SqliteStore::create(driver.options()).value();
    REQUIRE(store->commit(samples::next_batch({}, entries)).outcome == Outcome::committed);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string file_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string out(std::filesystem::file_size(path), '\0');
    file.read(out.data(), static_cast<std::streamsize>(out.size()));
    return out;
}

} // namespace

TEST_CASE("create makes, open does not, and neither takes the other's part") {
    const SqliteDriver driver;
    const SqliteOptions options = driver.options();
    CHECK_FALSE(SqliteStore::open(options).has_value());
    CHECK_FALSE(std::filesystem::exists(options.path));
    CHECK(SqliteStore::create(options).has_value());
    CHECK(contains(SqliteStore::create(options).error().what, "already"));
    CHECK(SqliteStore::open(options).has_value());
    CHECK_FALSE(std::filesystem::exists(options.path + ".part"));
}

TEST_CASE("what an interrupted creation left does not matter") {
    const SqliteDriver driver;
    const SqliteOptions options = driver.options();
    std::ofstream(options.path + ".part") << "rubbish";
    std::ofstream(options.path + ".part-journal") << "rubbish";
    CHECK(SqliteStore::create(options).has_value());
}

TEST_CASE("only the owner can read the file") {
    const SqliteDriver driver;
    make(driver, 1);
    const auto store = SqliteStore::open(driver.options()).value();
    REQUIRE(
        store->commit(samples::next_batch(store->head().value(), 1)).outcome == Outcome::committed
    );
    for (const auto& file : std::filesystem::directory_iterator(
             std::filesystem::path(driver.options().path).parent_path()
         )) {
        CAPTURE(file.path().string());
        struct stat status{};
        REQUIRE(::stat(file.path().c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
}

TEST_CASE("a directory that is not there is a failure") {
    const SqliteDriver driver;
    SqliteOptions options = driver.options();
    options.path += "/no/store.db";
    CHECK_FALSE(SqliteStore::create(options).has_value());
    CHECK_FALSE(SqliteStore::open(options).has_value());
}

TEST_CASE("files that are not ours are refused and left as they are") {
    const SqliteDriver driver;
    const SqliteOptions options = driver.options();
    SUBCASE("empty") {
        std::ofstream(options.path).flush();
        CHECK(contains(why_not_open(options), "not a store"));
        CHECK(file_text(options.path).empty());
    }
    SUBCASE("no database") {
        std::ofstream(options.path) << std::string(5000, '#');
        CHECK(contains(why_not_open(options), "not a database"));
        CHECK(file_text(options.path) == std::string(5000, '#'));
    }
    SUBCASE("another application's") {
        run_sql(options.path, "PRAGMA application_id=7; CREATE TABLE head(id)");
        const std::string before = file_text(options.path);
        CHECK(contains(why_not_open(options), "not a store"));
        CHECK(file_text(options.path) == before);
    }
}

TEST_CASE("a store of a newer version is refused") {
    const SqliteDriver driver;
    make(driver, 1);
    run_sql(driver.options().path, "PRAGMA user_version=99");
    CHECK(contains(why_not_open(driver.options()), "disagree"));
    run_sql(driver.options().path, "INSERT INTO migration VALUES(99,'later')");
    CHECK(contains(why_not_open(driver.options()), "newer"));
}

TEST_CASE("tables that are not those of the rows are refused") {
    const SqliteDriver driver;
    make(driver, 1);
    run_sql(driver.options().path, "ALTER TABLE task ADD COLUMN mood TEXT");
    CHECK(contains(why_not_open(driver.options()), "table task"));
}

TEST_CASE("a head that does not fit the entries is refused") {
    const SqliteDriver driver;
    make(driver, 3);
    const std::string path = driver.options().path;
    SUBCASE("too large") {
        run_sql(path, "UPDATE head SET size=4");
    }
    SUBCASE("too small") {
        run_sql(path, "UPDATE head SET size=2");
    }
    SUBCASE("the last entry is gone") {
        run_sql(path, "DELETE FROM entry WHERE entry_index=2");
    }
    SUBCASE("the first entry is gone") {
        run_sql(path, "DELETE FROM entry WHERE entry_index=0");
    }
    SUBCASE("no head") {
        run_sql(path, "DELETE FROM head");
    }
    CHECK(contains(why_not_open(driver.options()), "head"));
}

TEST_CASE("the audit of the file finds a gap, a missing blob and a broken tree") {
    const SqliteDriver driver;
    const std::string path = driver.options().path;
    {
        const auto store = SqliteStore::create(driver.options()).value();
        Batch batch = samples::next_batch({}, 300);
        batch.blobs = {{1, {}, {1}}, {2, {}, {2}}};
        REQUIRE(store->commit(batch).outcome == Outcome::committed);
        CHECK(store->verify_file().value().empty());
    }
    const auto faults = [&] { return SqliteStore::open(driver.options()).value()->verify_file(); };
    SUBCASE("a gap") {
        run_sql(path, "DELETE FROM entry WHERE entry_index=1");
        CHECK(faults().value().size() == 1);
    }
    SUBCASE("a missing blob") {
        run_sql(path, "DELETE FROM blob WHERE id=1");
        CHECK(faults().value().size() == 1);
    }
    SUBCASE("a broken tree") {
        const std::string before = file_text(path);
        const auto at = before.find("{\"entry\":150}");
        REQUIRE(at != std::string::npos);
        {
            std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
            file.seekp(static_cast<std::streamoff>(at / 4096 * 4096));
            file << std::string(64, '\x55');
        }
        const auto found = faults();
        CHECK((!found.has_value() || !found.value().empty()));
    }
}

TEST_CASE("the audit names an operational row that another hand has changed") {
    const SqliteDriver driver;
    {
        const auto store = SqliteStore::create(driver.options()).value();
        Batch batch = samples::next_batch({}, 1);
        for (Int member = 1; member <= 3; ++member) {
            batch.upserts.push_back(
                market::ClaimRow{.member = member, .batch = 5, .until = 9, .tasks = "1,2"}
            );
        }
        REQUIRE(store->commit(batch).outcome == Outcome::committed);
        CHECK(store->verify_operational().value().empty());
    }
    run_sql(driver.options().path, "UPDATE claim SET until=99 WHERE member=2");
    auto store = SqliteStore::open(driver.options()).value();
    const auto named = store->verify_operational().value();
    REQUIRE(named.size() == 1);
    CHECK(contains(named[0], "claim 2 5"));

    // Written again by the node, it is in order again.
    Batch batch = samples::next_batch(store->head().value(), 1);
    batch.upserts.push_back(market::ClaimRow{.member = 2, .batch = 5, .until = 99, .tasks = "1,2"});
    REQUIRE(store->commit(batch).outcome == Outcome::committed);
    CHECK(store->verify_operational().value().empty());

    SqliteOptions other = driver.options();
    other.mac_key.fill(8);
    store = SqliteStore::open(other).value();
    CHECK(store->verify_operational().value().size() == 3);
}

TEST_CASE("the audit names a count of writers that another hand has changed") {
    const SqliteDriver driver;
    const auto& path = driver.options().path;
    auto store = SqliteStore::create(driver.options()).value();
    CHECK(store->verify_epoch().value()); // nobody has counted
    store.reset();
    run_sql(path, "UPDATE head SET epoch=7");
    store = SqliteStore::open(driver.options()).value();
    CHECK_FALSE(store->verify_epoch().value());
    REQUIRE(store->take_over().value().epoch == 8); // counted on, by the node
    CHECK(store->verify_epoch().value());
    store.reset();
    for (const char* changed : {"epoch=9", "epoch=0", "epoch_mac=x''", "epoch_mac=zeroblob(32)"}) {
        INFO(changed);
        run_sql(path, std::string("UPDATE head SET ") + changed);
        store = SqliteStore::open(driver.options()).value();
        CHECK_FALSE(store->verify_epoch().value());
        REQUIRE(store->take_over());
        store.reset();
    }
    SqliteOptions other = driver.options();
    other.mac_key.fill(8);
    CHECK_FALSE(SqliteStore::open(other).value()->verify_epoch().value());
}

TEST_CASE("a store of the first version is brought up to date by one who may") {
    const SqliteDriver driver;
    const auto& path = driver.options().path;
    make(driver, 3);
    run_sql(
        path,
        "UPDATE head SET epoch=5; ALTER TABLE head DROP COLUMN epoch_mac;"
        "DELETE FROM migration WHERE version=2; PRAGMA user_version=1"
    );
    const std::string before = file_text(path);
    CHECK(contains(why_not_open(driver.options()), "older version"));
    SqliteOptions options = driver.options();
    options.may_upgrade = [](const std::optional<EntryRecord>& first) -> Result<void> {
        return fail("not one that begins with " + std::to_string(first.value().index));
    };
    CHECK(why_not_open(options) == "not one that begins with 0");
    CHECK(file_text(path) == before);

    options.may_upgrade = [](const std::optional<EntryRecord>&) { return Result<void>{}; };
    auto store = SqliteStore::open(options).value();
    CHECK(store->verify_epoch().value());
    CHECK(store->verify_file().value().empty());
    CHECK(store->head().value().size == 3);
    const Head head = store->take_over().value();
    CHECK(head.epoch == 1);
    CHECK(store->commit(samples::next_batch(head, 1)).outcome == Outcome::committed);
    CHECK(store->verify_epoch().value());
    store.reset();
    store = SqliteStore::open(driver.options()).value(); // once
    CHECK(store->head().value().epoch == 1);
}

TEST_CASE("an erased part is nowhere in the files") {
    const SqliteDriver driver;
    const std::string path = driver.options().path;
    const auto store = SqliteStore::create(driver.options()).value();
    Batch batch = samples::next_batch({}, 2);
    batch.parts[0].bytes = "very private words " + std::string(9000, '!');
    REQUIRE(store->commit(batch).outcome == Outcome::committed);
    CHECK(contains(file_text(path + "-wal"), "very private words"));
    REQUIRE(store->erase_part("m:0", 0, 1).has_value());
    CHECK_FALSE(contains(file_text(path + "-wal"), "very private words"));
    CHECK_FALSE(contains(file_text(path), "very private words"));
    CHECK_FALSE(contains(file_text(path), std::string(1000, '!')));
}

TEST_CASE("the WAL does not grow without end, also under a reader that stays") {
    const SqliteDriver driver;
    SqliteOptions options = driver.options();
    options.checkpoint_pages = 50;
    const auto store = SqliteStore::create(options).value();
    const auto commit_some = [&](int count) {
        for (int i = 0; i < count; ++i) {
            Batch batch = samples::next_batch(store->head().value(), 1);
            batch.entries[0].coop = std::string(20'000, 'c');
            REQUIRE(store->commit(batch).outcome == Outcome::committed);
        }
    };
    commit_some(100);
    CHECK(std::filesystem::file_size(options.path + "-wal") < 4096U * 120);

    sqlite3* reader = nullptr;
    REQUIRE(sqlite3_open(options.path.c_str(), &reader) == SQLITE_OK);
    REQUIRE(
        sqlite3_exec(reader, "BEGIN; SELECT * FROM head", nullptr, nullptr, nullptr) == SQLITE_OK
    );
    commit_some(100);
    CHECK(std::filesystem::file_size(options.path + "-wal") > 4096U * 500);
    REQUIRE(sqlite3_exec(reader, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(reader);
    commit_some(100);
    CHECK(store->head().value().size == 300);
    CHECK(std::filesystem::file_size(options.path) > 300U * 20'000);
}

TEST_CASE("with one snapshot every read is of the moment of opening, on every connection") {
    const SqliteDriver driver;
    make(driver, 3);
    SqliteOptions options = driver.options();
    const auto writer = SqliteStore::open(options).value();
    options.one_snapshot = true;
    options.readers = 4;
    auto then = SqliteStore::open(options).value();
    const auto add_one = [&writer] {
        const Batch batch = samples::next_batch(writer->head().value(), 1);
        return writer->commit(batch).outcome == Outcome::committed;
    };
    REQUIRE(add_one());
    std::atomic<int> wrong{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < options.readers; ++i) {
        threads.emplace_back([&] {
            do {
                const bool same = then->head().value().size == 3
                                  && then->entries(0, 100).value().size() == 3
                                  && then->blob_count().value() == 0;
                if (!same) ++wrong;
            } while (!done);
        });
    }
    for (int i = 0; i < 50; ++i)
        CHECK(add_one());
    done = true;
    for (auto& thread : threads)
        thread.join();
    CHECK(wrong == 0);
    // It keeps nobody from writing, and what is opened later sees all.
    then = SqliteStore::open(options).value();
    CHECK(then->head().value().size == 54);
}
