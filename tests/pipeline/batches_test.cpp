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

} // namespace handprint::pipeline
