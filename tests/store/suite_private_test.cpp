// Secrets and backups, for every driver.

#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace handprint;
using namespace handprint::store;

#define DRIVERS MemoryDriver, SqliteDriver

TEST_CASE_TEMPLATE("secrets are put, replaced and deleted, alone or in a batch", D, DRIVERS) {
    D driver;
    auto store = driver.open();
    const Head start = store->head().value();
    const std::vector<SecretRecord> two = {{"session", "a", {1}}, {"session", "b", {2}}};
    CHECK(store->put_secrets(two).has_value());
    CHECK(store->put_secrets({}).has_value());
    store.reset();
    store = driver.open();
    CHECK(store->secret("session", "a").value() == Bytes{1});
    CHECK(store->head().value() == start);

    Batch batch = samples::next_batch(start, 1);
    batch.secrets = {
        {"session", "a", {3}}, {"session", "b", {}}, {"name", "a", {4}}, {"x", "y", {}}
    };
    REQUIRE(store->commit(batch).outcome == Outcome::committed);
    CHECK(store->secret("session", "a").value() == Bytes{3});
    CHECK_FALSE(store->secret("session", "b").value().has_value());
    CHECK(store->secret("name", "a").value() == Bytes{4});
    CHECK(store->put_secrets(std::vector<SecretRecord>{{"name", "a", {}}}).has_value());
    CHECK_FALSE(store->secret("name", "a").value().has_value());
}

TEST_CASE_TEMPLATE("of two values for one secret in a call, the last stays", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const std::vector<SecretRecord> twice = {{"k", "a", {1}}, {"k", "a", {}}, {"k", "a", {2}}};
    CHECK(store->put_secrets(twice).has_value());
    CHECK(store->secret("k", "a").value() == Bytes{2});
}

TEST_CASE_TEMPLATE("secrets are listed by kind and prefix, page by page", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    std::vector<SecretRecord> records;
    for (const std::string id :
         {"", "m:1", "m:1/a", "m:1/b", "m:10/a", "m:2", "\xFF", "\xFF\xFF"}) {
        records.push_back({"draft", id, {1}});
    }
    records.push_back({"draf", "m:1/c", {1}});
    records.push_back({"drafts", "m:1/d", {1}});
    records.push_back({"draft", std::string("m:1/\0", 5), {0, 1}});
    REQUIRE(store->put_secrets(records).has_value());
    using Ids = std::vector<std::string>;
    const auto ids = [&](std::string_view prefix, std::string_view after, std::size_t limit) {
        Ids out;
        const auto found = store->secrets("draft", prefix, after, limit).value();
        for (const SecretRecord& record : found) {
            CHECK(record.kind == "draft");
            CHECK_FALSE(record.sealed.empty());
            out.push_back(record.id);
        }
        return out;
    };
    CHECK(ids("", "", 100).size() == 9);
    CHECK(ids("", "", 100)[0].empty());
    CHECK(ids("m:1/", "", 100) == Ids{std::string("m:1/\0", 5), "m:1/a", "m:1/b"});
    CHECK(ids("m:1/", "", 2) == Ids{std::string("m:1/\0", 5), "m:1/a"});
    CHECK(ids("m:1/", "m:1/a", 2) == Ids{"m:1/b"});
    CHECK(ids("m:1/", "m:1/b", 2).empty());
    CHECK(ids("m:1/", "z", 2).empty());
    CHECK(ids("m:1/", "a", 1).size() == 1);
    CHECK(ids("\xFF", "", 9) == Ids{"\xFF", "\xFF\xFF"});
    CHECK(ids("\xFF", "\xFF", 9) == Ids{"\xFF\xFF"});
    CHECK(ids("", "", 0).empty());
    CHECK(ids("", "", SIZE_MAX).size() == 9);
}

TEST_CASE_TEMPLATE("a backup is a whole store of its moment and replaces nothing", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    samples::Source source(6);
    for (int i = 0; i < 5; ++i) {
        Batch batch = samples::next_batch(store->head().value(), 2);
        batch.upserts = {source.row<market::TaskRow>(), source.row<market::ClaimRow>()};
        REQUIRE(store->commit(batch).outcome == Outcome::committed);
    }
    const Head then = store->head().value();
    const Hash digest = store->digest().value();
    const std::string path = driver.backup_path();

    // Commits go on while it is made.
    std::thread copier([&] { CHECK(store->backup(path).has_value()); });
    copier.join();
    REQUIRE(store->commit(samples::next_batch(then, 1)).outcome == Outcome::committed);
    CHECK_FALSE(store->backup(path).has_value());

    const auto copy = driver.open_backup(path);
    CHECK(copy->head().value() == then);
    CHECK(copy->digest().value() == digest);
    CHECK(copy->entries(0, 100).value().size() == 10);
    CHECK(copy->commit(samples::next_batch(then, 1)).outcome == Outcome::committed);
    CHECK(copy->head().value() == store->head().value());
}
