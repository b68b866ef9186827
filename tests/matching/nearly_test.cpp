#include "tests/matching/world.hpp"

#include <doctest/doctest.h>

using namespace handprint::matching_tests;
using namespace handprint::matching;

namespace {

std::vector<Nearly> nearly(World& world, Int member, std::size_t limit = 20) {
    return world.index.nearly({member}, world.now, 1, limit);
}

} // namespace

TEST_CASE("work that asks for a skill names the test that leads to it") {
    World world;
    world.enrol(1, "en");
    const Int work = world.publish({.level = 1});
    auto list = nearly(world, 1);
    REQUIRE(list.size() == 1);
    CHECK(list[0].batch == work);
    CHECK(list[0].test == handprint::market::never);
    CHECK(list[0].missing.code == "no_test");
    CHECK(list[0].missing.text == "Asks for law/contracts level 1; no test for it is open now");

    const Int test = world.publish({.tasks = 1, .gives = 1});
    list = nearly(world, 1);
    REQUIRE(list.size() == 1); // the test itself can be taken: it is an offer
    CHECK(list[0].test == test);
    CHECK(list[0].asked == 1);
    CHECK(list[0].have == 0);
    CHECK(list[0].missing.code == "take_test");
    CHECK(
        list[0].missing.params
        == std::vector<std::pair<
            std::string_view,
            Reason::Value>>{{"domain", "law/contracts"}, {"level", Int{1}}}
    );
    CHECK(list[0].missing.text == "Take the paid test for law/contracts level 1");

    world.put(handprint::market::AssignmentRow{test, 0, 1, 1, 0, 0, handprint::market::never, 0});
    list = nearly(world, 1);
    REQUIRE(list.size() == 1);
    CHECK(list[0].missing.code == "test_taken");
    CHECK(list[0].test == handprint::market::never);

    world.skill(1, "law/contracts", 1);
    CHECK(nearly(world, 1).empty());
    CHECK(batches_of(world.offers(1)) == std::vector<Int>{work});
}

TEST_CASE("the nearest way on comes first: a test, then a skill, then a language") {
    World world;
    world.enrol(1, "en");
    world.skill(1, "law/contracts", 2);
    const Int foreign = world.publish({.language = "sw", .pay = 90'000});
    const Int no_test = world.publish({.domain = "code/review", .pay = 60'000});
    const Int far = world.publish({.pay = 50'000, .level = 4});
    const Int near = world.publish({.level = 3});
    world.publish({.gives = 4});
    std::vector<Int> order;
    for (const Nearly& item : nearly(world, 1))
        order.push_back(item.batch);
    CHECK(order == std::vector<Int>{near, far, no_test, foreign});
    const auto list = nearly(world, 1);
    CHECK(list[0].missing.text == "Take the paid test for law/contracts level 4");
    CHECK(list[3].missing.code == "missing_language");
    CHECK(list[3].missing.text == "Is in sw, which is not among your languages");
    CHECK(nearly(world, 1, 2).size() == 2);
}

TEST_CASE("a test that was graded and not passed is not called ungraded") {
    World world;
    world.enrol(1, "en");
    world.enrol(2, "en");
    world.publish({.level = 1});
    const Int test = world.publish({.tasks = 2, .overlap = 5, .gives = 1});
    const auto missing = [&](Int member) {
        const auto list = nearly(world, member);
        REQUIRE(list.size() == 1);
        return list[0];
    };
    for (const Int task : {0, 1})
        world.submit(1, test, task);
    CHECK(missing(1).missing.code == "test_taken");
    CHECK(missing(1).graded == handprint::market::never);

    for (const Int task : {0, 1})
        world.accept(1, test, task); // the grade pays, and gives no skill
    CHECK(missing(1).missing.code == "test_not_passed");
    CHECK(missing(1).graded == test);
    CHECK(
        missing(1).missing.text
        == "You took the test for law/contracts level 1 and were paid; the result was not enough "
           "for this level"
    );
    CHECK(missing(1).test == handprint::market::never);
    CHECK(missing(2).missing.code == "take_test"); // another's grade is not one's own

    const Int again = world.publish({.tasks = 1, .gives = 1});
    CHECK(missing(1).missing.code == "take_test");
    CHECK(missing(1).test == again);
}
