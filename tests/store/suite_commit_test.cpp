// The promises of commit() and take_over(), for every driver.

#include "tests/store/drivers.hpp"
#include "tests/store/samples.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace handprint;
using namespace handprint::store;

#define DRIVERS MemoryDriver, SqliteDriver

TEST_CASE_TEMPLATE("a new store is empty", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    CHECK(store->head().value() == Head{});
    CHECK(store->entries(0, 10).value().empty());
    CHECK(store->parts_at(0).value().empty());
    CHECK(store->blob_count().value() == 0);
    CHECK_FALSE(store->blob(1).value().has_value());
    CHECK_FALSE(store->secret("session", "x").value().has_value());
    CHECK(store->due(INT64_MAX, 10).value().empty());
}

TEST_CASE_TEMPLATE("a committed batch is there, whole, also after opening again", D, DRIVERS) {
    D driver;
    auto store = driver.open();
    Batch batch = samples::next_batch(store->head().value(), 3);
    batch.upserts.push_back(market::RuleRow{.name = "fee", .value = 5});
    batch.secrets.push_back({"draft", "1", {1, 2}});
    batch.blobs.push_back({1, samples::root_at(1), {9, 9}});
    CHECK(store->commit(batch).outcome == Outcome::committed);
    for (const bool reopened : {false, true}) {
        CAPTURE(reopened);
        if (reopened) {
            store.reset();
            store = driver.open();
        }
        CHECK(store->head().value() == batch.next);
        CHECK(store->entries(0, 10).value() == batch.entries);
        CHECK(store->parts_at(1).value() == std::vector{batch.parts[1]});
        CHECK(store->load(std::array{market::key_of<market::RuleRow>(std::string_view("fee"))})
                  .value()[0]
                  .has_value());
        CHECK(store->secret("draft", "1").value() == Bytes{1, 2});
        CHECK(store->blob(1).value() == batch.blobs[0]);
    }
}

TEST_CASE_TEMPLATE("a batch on an old head is stale and changes nothing", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const Head start = store->head().value();
    REQUIRE(store->commit(samples::next_batch(start, 2)).outcome == Outcome::committed);
    const Head now = store->head().value();

    Batch again = samples::next_batch(start, 2);
    again.upserts.push_back(market::RuleRow{.name = "fee"});
    CHECK(store->commit(again).outcome == Outcome::stale);

    Head other_root = now;
    other_root.root[0] ^= 1;
    CHECK(store->commit(samples::next_batch(other_root, 1)).outcome == Outcome::stale);

    Head other_epoch = now;
    ++other_epoch.epoch;
    CHECK(store->commit(samples::next_batch(other_epoch, 1)).outcome == Outcome::stale);

    CHECK(store->head().value() == now);
    CHECK(store->scan({.table = market::table_of<market::RuleRow>()}).value().empty());
    CHECK(store->commit(samples::next_batch(now, 1)).outcome == Outcome::committed);
}

TEST_CASE_TEMPLATE("taking over makes the earlier writer stale", D, DRIVERS) {
    D driver;
    const auto first = driver.open();
    const auto second = driver.open();
    const Head before = first->take_over().value();
    CHECK(before.epoch == 1);
    REQUIRE(first->commit(samples::next_batch(before, 1)).outcome == Outcome::committed);
    const Head held = first->head().value();

    const Head taken = second->take_over().value();
    CHECK(taken.epoch == 2);
    CHECK(taken.size == 1);
    CHECK(first->commit(samples::next_batch(held, 1)).outcome == Outcome::stale);
    CHECK(second->commit(samples::next_batch(taken, 1)).outcome == Outcome::committed);
    CHECK(first->head().value().size == 2);
}

TEST_CASE_TEMPLATE("of two writers with the same head, one commits", D, DRIVERS) {
    D driver;
    const auto first = driver.open();
    const auto second = driver.open();
    for (int round = 0; round < 20; ++round) {
        const Batch batch = samples::next_batch(first->head().value(), 1);
        std::array<Outcome, 2> outcomes{};
        std::thread other([&] { outcomes[1] = second->commit(batch).outcome; });
        outcomes[0] = first->commit(batch).outcome;
        other.join();
        CHECK(std::count(outcomes.begin(), outcomes.end(), Outcome::committed) == 1);
        CHECK(std::count(outcomes.begin(), outcomes.end(), Outcome::stale) == 1);
    }
    CHECK(first->head().value().size == 20);
}

TEST_CASE_TEMPLATE("a batch that does not fit leaves nothing behind", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const Head start = store->head().value();

    SUBCASE("two parts at one place") {
        Batch batch = samples::next_batch(start, 2);
        batch.upserts.push_back(market::RuleRow{.name = "fee"});
        batch.parts.push_back(samples::part("r:1", 1, 1));
        CHECK(store->commit(batch).outcome == Outcome::not_committed);
    }
    SUBCASE("a gap in the blobs") {
        Batch batch = samples::next_batch(start, 2);
        batch.upserts.push_back(market::RuleRow{.name = "fee"});
        batch.blobs.push_back({2, {}, {}});
        CHECK(store->commit(batch).outcome == Outcome::not_committed);
    }
    CHECK(store->head().value() == start);
    CHECK(store->entries(0, 10).value().empty());
    CHECK(store->scan({.table = market::table_of<market::RuleRow>()}).value().empty());
    CHECK(store->commit(samples::next_batch(start, 2)).outcome == Outcome::committed);
}

TEST_CASE_TEMPLATE("readers see whole batches while a writer commits", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0, failed = 0;
    const std::array keys = {
        market::key_of<market::RuleRow>(std::string_view("a")),
        market::key_of<market::RuleRow>(std::string_view("b")),
    };
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const auto rows = store->load(keys);
                if (!rows) {
                    ++failed;
                } else if ((*rows)[0].has_value() != (*rows)[1].has_value()
                           || ((*rows)[0]
                               && std::get<market::RuleRow>(*(*rows)[0]).value
                                      != std::get<market::RuleRow>(*(*rows)[1]).value)) {
                    ++torn;
                }
            }
        });
    }
    for (int round = 1; round <= 100; ++round) {
        Batch batch = samples::next_batch(store->head().value(), 1);
        batch.upserts.push_back(market::RuleRow{.name = "a", .value = round});
        batch.upserts.push_back(market::RuleRow{.name = "b", .value = round});
        REQUIRE(store->commit(batch).outcome == Outcome::committed);
        // What returned is seen by whoever reads next.
        CHECK(std::get<market::RuleRow>(*store->load(keys).value()[0]).value == round);
    }
    stop = true;
    for (auto& reader : readers)
        reader.join();
    CHECK(torn == 0);
    CHECK(failed == 0);
}

TEST_CASE_TEMPLATE("a batch may be empty, and may move no entry", D, DRIVERS) {
    D driver;
    const auto store = driver.open();
    const Head start = store->head().value();
    CHECK(store->commit(samples::next_batch(start, 0)).outcome == Outcome::committed);
    Batch batch = samples::next_batch(store->head().value(), 0);
    batch.upserts.push_back(market::ClaimRow{.member = 1, .batch = 2, .until = 3, .tasks = "4"});
    CHECK(store->commit(batch).outcome == Outcome::committed);
    CHECK(store->scan({.table = market::table_of<market::ClaimRow>()}).value().size() == 1);
}
