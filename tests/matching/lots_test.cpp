// Tasks of one batch with different prices and times are offered apart.

#include "tests/matching/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace handprint::matching_tests;
namespace market = handprint::market;
using handprint::market::OwnTerms;
using handprint::matching::OpenWork;

namespace {

using LotTerms = OpenWork::LotTerms;

std::set<Int> as_set(const std::vector<Int>& numbers) {
    return {numbers.begin(), numbers.end()};
}

/// Members 0..4 may do contracts. The batch pays 400.00 an hour, which is 6.666666 for its minute.
struct Priced : World {
    Priced() {
        for (Int member = 0; member < 5; ++member) {
            enrol(member, "en");
            skill(member, "law/contracts", 1);
        }
        floor("KES", 20'000);
    }

    Int publish_own(Int tasks, Int overlap, const std::vector<OwnTerms>& own) {
        for (const OwnTerms& terms : own) {
            market::TaskRow row{batches, terms.task, 0, 0};
            row.price_micros = terms.price_micros;
            row.overlap = terms.overlap;
            row.expires = terms.expires;
            put(row);
        }
        return publish({.tasks = tasks, .overlap = overlap});
    }

    std::vector<Int> of_lot(Int batch, Int member, const LotTerms& lot, std::size_t most = 100) {
        if (index.due(now)) index.expire(now);
        return index.candidates_of(batch, lot, member, most, now, 1);
    }
};

} // namespace

TEST_CASE("each price and time of a batch is an offer of its own, with its own pay per hour") {
    Priced world;
    const Int expires = world.now + 100'000;
    const Int batch = world.publish_own(
        10,
        1,
        {{2, 12'000'000, 0, 0},
         {5, 12'000'000, 0, 0},
         {7, 0, 0, expires},
         {8, 5'000'000, 0, expires}}
    );
    const auto offers = world.offers(1);
    REQUIRE(offers.size() == 4);
    CHECK(offers[0].price_micros == 12'000'000);
    CHECK(offers[0].pay_per_hour == 72'000); // 12.00 a minute
    CHECK(offers[0].left == 2);
    CHECK(offers[1].price_micros == 0);
    CHECK(offers[1].expires == 0);
    CHECK(offers[1].pay_per_hour == 39'999);
    CHECK(offers[1].left == 6);
    CHECK(offers[2].expires == expires);
    CHECK(offers[2].left == 1);
    CHECK(offers[3].pay_per_hour == 30'000);
    CHECK(offers[0].parts.pay > offers[1].parts.pay);
    CHECK(batches_of(offers) == std::vector<Int>(4, batch));
}

TEST_CASE("a bundle is of the lot that was shown, besides what is in hand") {
    Priced world;
    const Int batch = world.publish_own(6, 1, {{2, 12'000'000, 0, 0}, {5, 12'000'000, 0, 0}});
    CHECK(as_set(world.of_lot(batch, 1, {12'000'000, 0})) == std::set<Int>{2, 5});
    CHECK(as_set(world.of_lot(batch, 1, {})) == std::set<Int>{0, 1, 3, 4});
    CHECK(world.of_lot(batch, 1, {9, 0}).empty());
    // Without a lot it is the best paid.
    CHECK(as_set(world.candidates(batch, 1, 10)) == std::set<Int>{2, 5});
    REQUIRE(world.claim(1, batch, {2}).size() == 1);
    CHECK(as_set(world.of_lot(batch, 1, {})) == std::set<Int>{0, 1, 2, 3, 4});
    CHECK(world.of_lot(batch, 1, {}).front() == 2);
    CHECK(as_set(world.of_lot(batch, 2, {12'000'000, 0})) == std::set<Int>{5});
    world.submit(1, batch, 2);
    world.submit(2, batch, 5);
    // The dear ones are gone for all.
    CHECK(as_set(world.candidates(batch, 3, 10)) == std::set<Int>{0, 1, 3, 4});
    CHECK(world.offers(3).size() == 1);
}

TEST_CASE("what has expired is offered to nobody, and what is in hand stays there") {
    Priced world;
    const Int expires = world.now + 1000;
    const Int batch = world.publish_own(3, 2, {{1, 0, 0, expires}, {2, 0, 0, expires}});
    REQUIRE(world.claim(1, batch, {1}).size() == 1);
    world.now = expires - 1;
    CHECK(world.offers(2).size() == 2);
    CHECK_FALSE(world.index.due(world.now));
    world.now = expires;
    REQUIRE(world.index.due(world.now));
    CHECK(world.offers(2).size() == 1);
    CHECK(world.of_lot(batch, 2, {0, expires}).empty());
    CHECK(as_set(world.candidates(batch, 2, 9)) == std::set<Int>{0});
    const auto mine = world.offers(1);
    REQUIRE(mine.size() == 2);
    const auto in_hand = std::find_if(mine.begin(), mine.end(), [&](const auto& offer) {
        return offer.expires == expires;
    });
    REQUIRE(in_hand != mine.end());
    CHECK(in_hand->left == 1);
    CHECK(as_set(world.candidates(batch, 1, 9)) == std::set<Int>{0, 1});
    // Claiming again does not make it last longer.
    const auto again = world.decide(1, batch);
    REQUIRE(again);
    CHECK(again->tasks == std::vector<Int>{0, 1});
    CHECK(again->until == 1'000'000 + World::lease_ms);
    world.now = again->until;
    CHECK(world.offers(1).size() == 1);
    world.close(batch);
    CHECK_FALSE(world.index.due(world.now + World::lease_ms));
}

TEST_CASE("a task of another number of answers is open as long as it wants some") {
    Priced world;
    const Int batch = world.publish_own(2, 2, {{0, 0, 1, 0}, {1, 7'000'000, 3, 0}});
    world.submit(1, batch, 0);
    CHECK(world.of_lot(batch, 2, {}).empty());
    for (const Int member : {1, 2}) {
        CHECK(world.of_lot(batch, member, {7'000'000, 0}) == std::vector<Int>{1});
        world.submit(member, batch, 1);
    }
    CHECK(world.of_lot(batch, 3, {7'000'000, 0}) == std::vector<Int>{1});
    world.submit(3, batch, 1);
    CHECK(world.offers(4).empty());
}

TEST_CASE("the same rows give the same lots, in whatever order a restart feeds them") {
    Priced world;
    const Int batch =
        world.publish_own(8, 2, {{3, 9'000'000, 0, 0}, {6, 0, 3, 0}, {7, 9'000'000, 1, 0}});
    world.claim(1, batch, {3, 4});
    world.submit(2, batch, 7);
    OpenWork other;
    for (const auto& [key, row] : world.rows) {
        if (std::holds_alternative<market::TaskRow>(row)) other.row(row);
    }
    for (const auto& [key, row] : world.rows)
        other.row(row);
    for (const Int member : {0, 1, 2}) {
        const auto mine = world.offers(member);
        const auto theirs = other.offers({member}, world.now, 1, 100);
        REQUIRE(mine.size() == theirs.size());
        for (std::size_t i = 0; i < mine.size(); ++i) {
            CHECK(mine[i].price_micros == theirs[i].price_micros);
            CHECK(mine[i].left == theirs[i].left);
            CHECK(mine[i].score == theirs[i].score);
        }
        CHECK(
            world.candidates(batch, member, 9) == other.candidates(batch, member, 9, world.now, 1)
        );
    }
}
