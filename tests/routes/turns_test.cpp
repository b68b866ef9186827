#include "node/routes/turns.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <thread>

using namespace handprint;
using routes::Turns;
using Got = routes::Turns::Got;

namespace {

Turns::Deadline in(std::chrono::milliseconds time) {
    return std::chrono::steady_clock::now() + time;
}

constexpr std::chrono::seconds long_enough{60};

/// The same request once more, on a thread of its own.
std::future<Got> again(Turns& turns) {
    return std::async(std::launch::async, [&] { return turns.take("b:1", "id", in(long_enough)); });
}

bool waits(std::future<Got>& got) {
    return got.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout;
}

} // namespace

TEST_CASE("turns: another request is told at once, and things are apart") {
    Turns turns;
    CHECK(turns.take("b:1", "id", in(long_enough)) == Got::turn);
    CHECK(turns.take("b:1", "another", in(long_enough)) == Got::other);
    CHECK(turns.take("b:1", {}, in(long_enough)) == Got::other);
    CHECK(turns.take("b:2", "id", in(long_enough)) == Got::turn);
    turns.end("b:1");
    CHECK(turns.take("b:1", {}, in(long_enough)) == Got::turn);
    CHECK(turns.take("b:1", {}, in(long_enough)) == Got::other); // no id is not the same id
}

TEST_CASE("turns: the same request has its turn when the first try has ended") {
    Turns turns;
    REQUIRE(turns.take("b:1", "id", in(long_enough)) == Got::turn);
    auto second = again(turns);
    CHECK(waits(second));
    turns.end("b:1");
    CHECK(second.get() == Got::turn);
    CHECK(turns.take("b:1", "another", in(long_enough)) == Got::other);
}

TEST_CASE("turns: a try waits for so long, until the next try, or until nobody waits any more") {
    Turns turns;
    REQUIRE(turns.take("b:1", "id", in(long_enough)) == Got::turn);
    CHECK(turns.take("b:1", "id", in(std::chrono::milliseconds(20))) == Got::later);
    auto second = again(turns);
    CHECK(waits(second));
    auto third = again(turns);
    CHECK(second.get() == Got::later);
    CHECK(waits(third));
    turns.close();
    CHECK(third.get() == Got::later);
    CHECK(turns.take("b:1", "id", in(long_enough)) == Got::later);
}
