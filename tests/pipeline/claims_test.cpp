// What is left of a claim, while the node runs and after it started again.

#include "tests/pipeline/rig.hpp"

namespace handprint::pipeline {

TEST_CASE("a task that was handed in is no longer held, before a restart and after it") {
    Rig rig;
    const Int batch = rig.claimed_work(3);
    const auto claimed = rig.claim_row(batch);
    REQUIRE(claimed);
    CHECK(claimed->tasks == std::vector<Int>{0, 1, 2});
    CHECK(rig.told(batch) == *claimed);

    REQUIRE(rig.submit(batch, 1).verdict == Verdict::entry);
    const Rig::Held left{claimed->until, {0, 2}};
    CHECK(rig.told(batch) == left);
    CHECK(rig.claim_row(batch) == claimed);
    rig.restart();
    CHECK(rig.told(batch) == left);
    CHECK(rig.submit(batch, 1).refusal.code == "already_submitted");

    REQUIRE(rig.submit(batch, 0).verdict == Verdict::entry);
    REQUIRE(rig.submit(batch, 2).verdict == Verdict::entry);
    CHECK(rig.told(batch) == Rig::Held{});
    CHECK_FALSE(rig.claim_row(batch));
    rig.restart();
    CHECK(rig.told(batch) == Rig::Held{});
}

} // namespace handprint::pipeline
