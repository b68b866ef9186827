#include "node/market/claims.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace handprint::market_test {

using market::ClaimBook;
using market::Int;

namespace {

struct Held {
    Int until = 0;
    std::vector<Int> tasks;
};

/// By what is held, member by member: slow and plain.
struct Plain {
    std::map<std::pair<Int, Int>, Held> held; // (batch, member)

    [[nodiscard]] Int holders(Int batch, Int task, Int now, Int except) const {
        return std::count_if(held.begin(), held.end(), [&](const auto& entry) {
            const auto& [key, claim] = entry;
            return key.first == batch && key.second != except && now < claim.until
                   && std::count(claim.tasks.begin(), claim.tasks.end(), task) > 0;
        });
    }

    [[nodiscard]] bool any(Int batch, Int now) const {
        return std::any_of(held.begin(), held.end(), [&](const auto& entry) {
            return entry.first.first == batch && now < entry.second.until;
        });
    }
};

} // namespace

TEST_CASE("claims: what is held after any changes is what each member holds") {
    std::mt19937 random(20261122);
    const auto below = [&random](Int most) {
        return static_cast<Int>(random() % static_cast<unsigned>(most));
    };
    ClaimBook book;
    Plain plain;
    for (int step = 0; step < 4000; ++step) {
        const Int batch = below(2), member = below(4);
        Held& mine = plain.held[{batch, member}];
        std::vector<Int> tasks = mine.tasks;
        Int until = mine.until;
        const bool hands_in = below(2) == 0 && !tasks.empty();
        const Int handed_in =
            hands_in ? tasks[static_cast<std::size_t>(below(std::ssize(tasks)))] : 9;
        if (hands_in) {
            std::erase(tasks, handed_in);
        } else {
            until = 10 + below(4);
            tasks.clear();
            for (Int task = 0; task < 6; ++task) {
                if (below(3) == 0) tasks.push_back(task);
            }
            std::shuffle(tasks.begin(), tasks.end(), random);
        }
        mine = {tasks.empty() ? 0 : until, tasks};
        if (hands_in && below(2) == 0) {
            book.hand_in(member, batch, handed_in);
        } else {
            book.set(member, batch, until, tasks);
        }
        book.hand_in(member, batch, 6); // nobody holds it
        const auto* held = book.held(member, batch);
        REQUIRE((held == nullptr) == tasks.empty());
        if (held != nullptr) REQUIRE((held->until == until && held->tasks == tasks));
        for (Int at = 0; at < 2; ++at) {
            for (Int task = 0; task < 6; ++task) {
                const Int now = 9 + below(6), except = below(5);
                REQUIRE(
                    book.holders(at, task, now, except) == plain.holders(at, task, now, except)
                );
            }
            for (Int now = 9; now < 15; ++now)
                REQUIRE(book.any(at, now) == plain.any(at, now));
        }
    }
}

} // namespace handprint::market_test
