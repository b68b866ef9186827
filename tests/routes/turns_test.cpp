#include "node/routes/turns.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using routes::Turns;
using Got = routes::Turns::Got;

TEST_CASE("turns: another request is told at once, and things are apart") {
    Turns turns;
    CHECK(turns.take("b:1", "id") == Got::turn);
    CHECK(turns.take("b:1", "another") == Got::other);
    CHECK(turns.take("b:1", {}) == Got::other);
    CHECK(turns.take("b:2", "id") == Got::turn);
    turns.end("b:1");
    CHECK(turns.take("b:1", {}) == Got::turn);
    CHECK(turns.take("b:1", {}) == Got::other); // no id is not the same id
}

TEST_CASE("turns: the same request has its turn when the first try has ended") {
    Turns turns;
    REQUIRE(turns.take("b:1", "id") == Got::turn);
    REQUIRE(turns.take("b:1", "id") == Got::same);
    const auto second = turns.wait("b:1");
    CHECK(turns.waits("b:1", second));
    turns.end("b:1");
    CHECK_FALSE(turns.waits("b:1", second));
    CHECK(turns.take("b:1", "id") == Got::turn);
    CHECK_FALSE(turns.waits("b:1", second));
    CHECK(turns.take("b:1", "another") == Got::other);
}

TEST_CASE("turns: of those who wait for one turn only the newest goes on waiting") {
    Turns turns;
    REQUIRE(turns.take("b:1", "id") == Got::turn);
    const auto second = turns.wait("b:1"), third = turns.wait("b:1");
    CHECK_FALSE(turns.waits("b:1", second));
    CHECK(turns.waits("b:1", third));
    turns.end("b:1");
    CHECK_FALSE(turns.waits("b:1", turns.wait("b:1"))); // for a turn that ended meanwhile
}
