// What is committed together.

#include "tests/pipeline/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::pipeline {

TEST_CASE("who comes while a batch is being committed joins the next one") {
    Rig rig;
    CHECK(rig.commits_for(4) == 2);
}

TEST_CASE("a batch that has waited long grows no more") {
    Rig rig;
    CHECK(rig.commits_for(1, std::chrono::milliseconds(2500)) == 3);
}

TEST_CASE("a batch of many waits a moment for those who have just been answered") {
    Rig rig;
    CHECK(rig.commits_when_they_come_again(std::chrono::seconds(10)) == 2);
    CHECK(rig.commits_when_they_come_again(std::chrono::milliseconds(0)) >= 3);
}

TEST_CASE("a queue that is full takes nothing more, and loses nothing") {
    Rig rig;
    CHECK(rig.refuses_a_third());
}

TEST_CASE("a store that is out of reach is told of until it is there again") {
    Rig rig;
    CHECK_FALSE(rig.out_of_reach());
    rig.lose_store(true);
    CHECK(rig.refuses());
    REQUIRE(rig.becomes_out_of_reach(true));
    rig.lose_store(false);
    CHECK(rig.becomes_out_of_reach(false));
    CHECK_FALSE(rig.refuses());
}

} // namespace handprint::pipeline
