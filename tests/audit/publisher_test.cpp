// The publisher on its own thread.

#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <future>
#include <thread>

namespace handprint::audit_test {

TEST_CASE(
    "publisher: what was committed during its last round but one is public when it has stopped"
) {
    TempDir dir;
    Witnesses witnesses(dir);
    std::promise<void> cosigned;
    std::promise<void> go_on;
    bool first = true; // only the thread of the rounds
    World world(
        dir.in("data"),
        witnesses,
        {.memory = true,
         .interval_ms = 1,
         .told =
             [&](Milestone what, Int) {
                 if (what != Milestone::cosigned || !std::exchange(first, false)) return;
                 cosigned.set_value();
                 go_on.get_future().wait();
             }}
    );
    world.found();
    cosigned.get_future().wait();
    world.enrol(member);
    // The round goes on when stop() has been called: nobody waits for an entry after that.
    std::thread release([&] {
        CHECK_FALSE(world.publisher().wait_for(1'000'000, 60'000));
        go_on.set_value();
    });
    world.stop();
    release.join();
    CHECK(world.publisher().published().size == world.store().head().value().size);
}

TEST_CASE("publisher: timers stop by the time of a quorum, not by that of its fastest clock") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses, {.memory = true});
    world.sequencer().require_witness(true);
    const auto becomes = [&world](bool stopped) { // at one of the next looks
        for (int i = 0; i < 2000; ++i) {
            if (world.sequencer().stats().timers_stopped.load() == stopped) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    };
    world.found();
    witnesses.ahead = 20 * 60;
    REQUIRE(world.publish());
    CHECK(becomes(false));
    world.advance(6 * 60 * 1000);
    CHECK(becomes(true));
    REQUIRE(world.publish());
    CHECK(becomes(false));
}

} // namespace handprint::audit_test
