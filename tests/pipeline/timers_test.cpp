// Automatic acceptance while something else goes wrong.

#include "tests/pipeline/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::pipeline {

TEST_CASE("work is accepted once the clock is confirmed, though the clock stands") {
    Rig rig;
    rig.submit_work();
    rig.move_clock(3600 * 1000); // more than the timers trust
    rig.idle();
    CHECK(rig.accepted() == 0);
    rig.confirm_clock();
    for (int i = 0; i < 10; ++i)
        rig.look();
    CHECK(rig.accepted() == 1);
}

TEST_CASE("a confirmation of the clock that was not stored starts no timers") {
    Rig rig(true);
    rig.submit_work();
    rig.move_clock(3600 * 1000);
    rig.idle();
    rig.lose_confirmation();
    for (int i = 0; i < 10; ++i)
        rig.look();
    CHECK(rig.accepted() == 0);
}

TEST_CASE("what is due comes before a command of the same moment, also soon after a look") {
    Rig rig;
    rig.submit_work();
    rig.move_clock(Rig::accept_ms - 20);
    rig.idle();
    CHECK(rig.accepted() == 0);
    rig.move_clock(40); // a few ms are those of the entries before
    CHECK(rig.accept_work() == "already_accepted");
}

TEST_CASE("the node stops though an acceptance of its own fails again and again") {
    Rig rig;
    rig.submit_work();
    rig.break_reads(true);
    rig.move_clock(2 * Rig::accept_ms);
    rig.idle();
    CHECK(rig.warned("the rows of a batch cannot be read"));
    CHECK(rig.stops());
    CHECK(rig.accepted() == 0);
}

TEST_CASE("a batch can be closed though a member claims its work again and again") {
    Rig rig;
    const Int batch = rig.open_batch();
    REQUIRE(rig.claim(batch).empty());
    rig.move_clock(Rig::accept_ms - 1);
    REQUIRE(rig.claim(batch).empty()); // prolonged
    CHECK(rig.close(batch) == "work_in_hand");
    // What is in hand may be finished in the time that was given for it, and no more is begun.
    CHECK(rig.claim(batch) == "closing");
    rig.move_clock(Rig::accept_ms - 2'000);
    CHECK(rig.claim(batch) == "closing");
    CHECK(rig.close(batch) == "work_in_hand");
    rig.move_clock(2'000);
    CHECK(rig.claim(batch) == "closing");
    CHECK(rig.close(batch).empty());
    CHECK(rig.state_of(batch) == market::BatchState::closed);
}

TEST_CASE("a batch that its requester does not close after all can be worked in again") {
    Rig rig;
    const Int batch = rig.open_batch();
    REQUIRE(rig.claim(batch).empty());
    REQUIRE(rig.close(batch) == "work_in_hand");
    rig.move_clock(Rig::accept_ms + 9 * 60'000);
    CHECK(rig.claim(batch) == "closing");
    rig.move_clock(60'000 + 1'000);
    CHECK(rig.claim(batch).empty());
}

} // namespace handprint::pipeline
