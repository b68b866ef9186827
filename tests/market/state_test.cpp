#include "node/market/state.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace {

using namespace handprint;
using namespace handprint::market;

std::string actor_of(Int number) {
    return "m:" + std::to_string(number % 7);
}

std::string id_of(Int number) {
    return "command number " + std::to_string(number);
}

/// A state of so many commands.
State filled(Int count) {
    State state;
    state.whole();
    for (Int i = 0; i < count; ++i)
        state.put(CommandRow{actor_of(i), id_of(i), i});
    return state;
}

/// What the process does not live through. Its complaint is not of interest.
template <class F>
bool ends_it(F&& f) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(STDERR_FILENO);
        std::signal(SIGABRT, SIG_DFL); // doctest would report it
        const rlimit none{0, 0};
        setrlimit(RLIMIT_CORE, &none);
        f();
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

TEST_CASE("a rule that asks for a row whose key nobody loaded is a bug that ends the process") {
    State loaded;
    loaded.create(CommandRow{actor_of(1), id_of(1), 1});
    loaded.load(key_of<CommandRow>(actor_of(3), id_of(3)), std::nullopt);
    CHECK_FALSE(ends_it([&] { (void)loaded.find<CommandRow>(actor_of(3), id_of(3)); }));
    CHECK(ends_it([&] { loaded.put(CommandRow{actor_of(2), id_of(2), 1}); }));
    CHECK_FALSE(ends_it([&] { (void)loaded.find<CommandRow>(actor_of(1), id_of(1)); }));
    CHECK_FALSE(ends_it([&] { (void)loaded.peek<CommandRow>(actor_of(2), id_of(2)); }));
    CHECK(ends_it([&] { (void)loaded.find<CommandRow>(actor_of(2), id_of(2)); }));
    CHECK(ends_it([&] { (void)loaded.get<CommandRow>(actor_of(2), id_of(2)); }));
    loaded.whole();
    CHECK_FALSE(ends_it([&] { (void)loaded.find<CommandRow>(actor_of(2), id_of(2)); }));
}

TEST_CASE("a row stays where it is while others come") {
    State state = filled(1);
    std::vector<const CommandRow*> rows{&state.get<CommandRow>(actor_of(0), id_of(0))};
    for (Int i = 1; i < 3000; ++i) {
        state.put(CommandRow{actor_of(i), id_of(i), i});
        rows.push_back(&state.get<CommandRow>(actor_of(i), id_of(i)));
    }
    bool same = true;
    for (Int i = 0; i < 3000; ++i) {
        const CommandRow* row = rows[static_cast<std::size_t>(i)];
        same = same && row == state.find<CommandRow>(actor_of(i), id_of(i)) && row->index == i;
    }
    CHECK(same);
    CHECK(state.find<CommandRow>(actor_of(1), id_of(2)) == nullptr);
}

TEST_CASE("a row of a copy stays where it is while others come, and not in the original") {
    const State original = filled(17); // a block is full, the next has one row
    State copy = original;
    const CommandRow* row = &copy.get<CommandRow>(actor_of(16), id_of(16));
    for (Int i = 17; i < 32; ++i)
        copy.put(CommandRow{actor_of(i), id_of(i), i});
    CHECK(row == &copy.get<CommandRow>(actor_of(16), id_of(16)));
    CHECK(row->index == 16);
    CHECK(original.size() == 17);
    CHECK(original.find<CommandRow>(actor_of(20), id_of(20)) == nullptr);
    copy = original;
    CHECK(copy.size() == 17);
    CHECK(copy.find<CommandRow>(actor_of(20), id_of(20)) == nullptr);
}

TEST_CASE("every row is gone through once, in the order in which it came") {
    for (const Int count : {0, 1, 15, 16, 17, 31, 32, 33, 64, 65, 1000}) {
        const State state = filled(count);
        CHECK(state.size() == static_cast<std::size_t>(count));
        Int next = 0;
        bool in_order = true;
        state.for_each_of<CommandRow>([&](const CommandRow& row) {
            in_order = in_order && row.index == next++;
        });
        CHECK(in_order);
        CHECK(next == count);
    }
}

TEST_CASE("what a savepoint takes back is gone, also when the table has grown since") {
    State state = filled(20);
    (void)state.take_changes();
    state.begin();
    for (Int i = 0; i < 200; ++i)
        state.put(CommandRow{actor_of(i), id_of(i), -i});
    state.discard();
    Int rows = 0;
    Int sum = 0;
    state.for_each_of<CommandRow>([&](const CommandRow& row) { ++rows, sum += row.index; });
    CHECK(rows == 20);
    CHECK(sum == 19 * 20 / 2);
    CHECK(state.find<CommandRow>(actor_of(150), id_of(150)) == nullptr);
    CHECK(state.take_changes().upserts.empty());
}

TEST_CASE("an emptied state begins anew") {
    State state = filled(100);
    (void)state.take_changes();
    state.trim(100);
    CHECK(state.size() == 100);
    state.trim(99);
    CHECK(state.size() == 0);
    CHECK(state.find<CommandRow>(actor_of(5), id_of(5)) == nullptr);
    for (Int i = 0; i < 40; ++i)
        state.put(CommandRow{actor_of(i), id_of(i), i});
    CHECK(state.size() == 40);
    CHECK(state.get<CommandRow>(actor_of(39), id_of(39)).index == 39);
}

} // namespace
