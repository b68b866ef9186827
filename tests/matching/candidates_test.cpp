#include "tests/matching/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace handprint::matching_tests;
using handprint::market::never;

namespace {

std::set<Int> as_set(const std::vector<Int>& numbers) {
    return {numbers.begin(), numbers.end()};
}

std::vector<Int> range(Int first, Int end) {
    std::vector<Int> numbers;
    for (Int n = first; n < end; ++n)
        numbers.push_back(n);
    return numbers;
}

/// Members 0..9 speak English and may do contracts.
struct Ready : World {
    Ready() {
        for (Int member = 0; member < 10; ++member) {
            enrol(member, "en");
            skill(member, "law/contracts", 1);
        }
    }
};

} // namespace

TEST_CASE("tasks in hand come first, and claiming again renews them") {
    Ready world;
    const Int batch = world.publish({.tasks = 100});
    const auto mine = world.claim(1, batch, world.candidates(batch, 1, 5), 5);
    REQUIRE(mine.size() == 5);
    auto again = world.candidates(batch, 1, 8, 99);
    REQUIRE(again.size() == 8);
    again.resize(5);
    CHECK(again == mine);
    for (const Int task : world.candidates(batch, 2, 100)) {
        CHECK(std::find(mine.begin(), mine.end(), task) == mine.end());
    }
}

TEST_CASE("a lease keeps its slot until its time is over, and not one millisecond longer") {
    Ready world;
    const Int batch = world.publish({.tasks = 3});
    REQUIRE(world.claim(1, batch, {0, 1, 2}).size() == 3);
    CHECK(world.candidates(batch, 2, 5).empty());
    CHECK(world.offers(2).empty());
    REQUIRE(world.offers(1).size() == 1); // the last slots are the member's own
    CHECK(world.offers(1)[0].left == 3);
    CHECK(reason(world.offers(1)[0], "in_hand")->text == "You have 3 tasks of it in hand");

    world.now += World::lease_ms - 1;
    CHECK(world.offers(2).empty());
    ++world.now;
    REQUIRE(world.index.due(world.now));
    CHECK(as_set(world.candidates(batch, 2, 5)) == std::set<Int>{0, 1, 2});
    CHECK_FALSE(world.index.due(world.now));
    CHECK(world.offers(2).size() == 1);
    CHECK(reason(world.offers(1)[0], "in_hand") == nullptr);
}

TEST_CASE("giving a claim back frees its tasks at once") {
    Ready world;
    const Int batch = world.publish({.tasks = 4});
    world.claim(1, batch, {0, 1, 2, 3});
    world.hold(1, batch, 0, {});
    CHECK(world.candidates(batch, 2, 9).size() == 4);
    CHECK_FALSE(world.index.due(world.now + World::lease_ms));
}

TEST_CASE("two members find mostly different tasks") {
    Ready world;
    const Int batch = world.publish({.tasks = 2000});
    const auto one = as_set(world.candidates(batch, 1, 40, 17));
    const auto two = as_set(world.candidates(batch, 2, 40, 18));
    REQUIRE(one.size() == 40);
    REQUIRE(two.size() == 40);
    std::vector<Int> both;
    std::set_intersection(one.begin(), one.end(), two.begin(), two.end(), std::back_inserter(both));
    CHECK(both.size() <= 4);
    CHECK(world.candidates(batch, 1, 40, 17) == world.candidates(batch, 1, 40, 17));
    CHECK(as_set(world.candidates(batch, 1, 40, 19)) != one);
}

TEST_CASE("of each four candidates up to three have answers already") {
    Ready world;
    const Int batch = world.publish({.tasks = 1000, .overlap = 3});
    for (Int task = 0; task < 100; ++task)
        world.submit(1, batch, task);
    const auto found = world.candidates(batch, 2, 40);
    REQUIRE(found.size() == 40);
    for (std::size_t i = 0; i < found.size(); ++i)
        CHECK((found[i] < 100) == (i % 4 != 3));
    // One who gave all those answers gets others.
    for (const Int task : world.candidates(batch, 1, 40))
        CHECK(task >= 100);
}

TEST_CASE("what little is free is found by one who has answered nearly everything") {
    Ready world;
    const Int batch = world.publish({.tasks = 3000, .overlap = 2});
    for (Int task = 0; task < 3000; ++task) {
        if (task != 1234 && task != 2999) world.submit(1, batch, task);
    }
    CHECK(as_set(world.candidates(batch, 1, 10)) == std::set<Int>{1234, 2999});
    CHECK(world.offers(1)[0].left == 2);
    CHECK(world.offers(2)[0].left == 3000);
}

TEST_CASE("a full task is free again for nobody, an ended batch has no candidates") {
    Ready world;
    const Int batch = world.publish({.tasks = 2, .overlap = 2});
    world.submit(1, batch, 0);
    world.submit(2, batch, 0);
    CHECK(world.candidates(batch, 3, 5) == std::vector<Int>{1});
    world.submit(1, batch, 1);
    CHECK(world.candidates(batch, 1, 5).empty());
    CHECK(world.offers(1).empty());
    CHECK(world.candidates(batch, 2, 5) == std::vector<Int>{1});
    world.claim(2, batch, {1});
    world.close(batch);
    CHECK(world.candidates(batch, 2, 5).empty());
    CHECK(world.candidates(batch + 1, 2, 5).empty());
    CHECK(world.offers(3).empty());
    CHECK_FALSE(world.index.due(world.now + World::lease_ms));
    CHECK(world.index.open_batches() == 0);
}

TEST_CASE("finished tasks do not pile up in what is kept of a member") {
    Ready world;
    const Int batch = world.publish({.tasks = 5000, .overlap = 1});
    for (Int task = 0; task < 4990; ++task)
        world.submit(1, batch, task);
    CHECK(as_set(world.candidates(batch, 1, 20)) == as_set(range(4990, 5000)));
    CHECK(world.offers(1)[0].left == 10);
}
