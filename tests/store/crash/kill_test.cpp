// The process is killed while it commits. What it said was committed is there.

#include "tests/store/crash/history.hpp"
#include "tests/store/drivers.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

using namespace handprint;
using namespace handprint::store;
using namespace handprint::store::crash;

namespace {

constexpr Int most_batches = 40'000; // more than the fastest disk commits in 20 lives

/// In the child: takes the store over and commits without end, telling each acknowledged size.
[[noreturn]] void commit_for_ever(const std::string& directory, int pipe) {
    auto store = SqliteStore::open(options_in(directory));
    if (!store) ::_exit(2);
    auto head = (*store)->take_over();
    while (head && head->size < 2 * most_batches) {
        if ((*store)->commit(batch_at(*head)).outcome != Outcome::committed) ::_exit(3);
        head = (*store)->head();
        if (!head || ::write(pipe, &head->size, sizeof(Int)) != sizeof(Int)) ::_exit(4);
    }
    ::_exit(5);
}

/// The last size that the child has told, 0 if none.
Int last_told(int pipe) {
    Int size = 0, told = 0;
    while (::read(pipe, &told, sizeof told) == sizeof told)
        size = told;
    return size;
}

} // namespace

TEST_CASE("killed at random moments, the store has what it acknowledged") {
    const TempDirectory directory;
    const std::string place = directory.path().string();
    REQUIRE(SqliteStore::create(options_in(place)).has_value());
    const Expected expected(most_batches);
    std::mt19937_64 random(2024);
    Int size = 0;
    for (int round = 0; round < 20; ++round) {
        CAPTURE(round);
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::close(ends[0]);
            commit_for_ever(place, ends[1]);
        }
        ::close(ends[1]);
        std::this_thread::sleep_for(std::chrono::microseconds(5'000 + random() % 60'000));
        REQUIRE(::kill(child, SIGKILL) == 0);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status)); // it did not end by itself
        const Int acknowledged = std::max(size, last_told(ends[0]));
        ::close(ends[0]);
        CHECK(inspect(place, {true, acknowledged, 0, 0}, expected) == "");
        size = SqliteStore::open(options_in(place)).value()->head().value().size;
        CHECK(size >= acknowledged + 2); // inspect() commits one more
    }
    MESSAGE(size << " entries in 20 lives");
}
