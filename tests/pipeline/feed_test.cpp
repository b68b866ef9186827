// The feed: in order, once, and nothing for who has gone.

#include "node/pipeline/feed.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace handprint;
using pipeline::Feed;
using pipeline::Int;

namespace {

/// What one listener was told.
struct Told {
    std::mutex mutex;
    std::vector<Int> items;
    std::vector<std::pair<Int, Int>> gaps;
    std::size_t most = SIZE_MAX; // says that it wants no more after so many

    std::vector<Int> now() {
        const std::lock_guard lock(mutex);
        return items;
    }

    bool soon(std::size_t count) {
        for (int i = 0; i < 2'000 && now().size() < count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return now().size() == count;
    }
};

std::uint64_t listen(Feed& feed, Int after, Int size, Told& told) {
    return feed.subscribe(
        after,
        size,
        [&told](Int from, Int to) { told.gaps.emplace_back(from, to); },
        [&told](const pipeline::FeedItem& item) {
            const std::lock_guard lock(told.mutex);
            told.items.push_back(item.index);
            return told.items.size() < told.most;
        }
    );
}

void commit(Feed& feed, Int from, Int to) {
    std::vector<pipeline::NewEntry> entries(static_cast<std::size_t>(to - from + 1));
    for (auto& entry : entries)
        entry.index = from++;
    feed.entries(entries);
}

using Gaps = std::vector<std::pair<Int, Int>>;

} // namespace

TEST_CASE("feed: what was missed comes first, then what is new, each once and in order") {
    Feed feed;
    Told early, late;
    listen(feed, -1, 0, early);
    commit(feed, 0, 4);
    REQUIRE(early.soon(5));
    listen(feed, 2, 5, late);
    commit(feed, 5, 6);
    CHECK(early.soon(7));
    CHECK(late.soon(4));
    CHECK(early.now() == std::vector<Int>{0, 1, 2, 3, 4, 5, 6});
    CHECK(late.now() == std::vector<Int>{3, 4, 5, 6});
    CHECK(early.gaps.empty());
    CHECK(late.gaps.empty());
}

TEST_CASE("feed: what is too old to be given again is told as a gap") {
    Feed feed;
    Told before, behind, current;
    SUBCASE("from before the start") {
        listen(feed, 3, 10, behind);
        CHECK(behind.gaps == Gaps{{4, 9}});
        listen(feed, 9, 10, current);
        commit(feed, 10, 10);
        CHECK(behind.soon(1));
        CHECK(current.soon(1));
    }
    SUBCASE("more than is kept") {
        listen(feed, -1, 0, before);
        commit(feed, 0, Feed::replay_most + 9);
        REQUIRE(before.soon(static_cast<std::size_t>(Feed::replay_most) + 10));
        listen(feed, 4, Feed::replay_most + 10, behind);
        CHECK(behind.gaps == Gaps{{5, 9}});
        CHECK(behind.now().size() == static_cast<std::size_t>(Feed::replay_most));
        CHECK(behind.now().front() == 10);
        listen(feed, 9, Feed::replay_most + 10, current);
    }
    CHECK(current.gaps.empty());
}

TEST_CASE("feed: who has gone, or wants no more, is forgotten") {
    Feed feed;
    Told gone, sated, stays;
    sated.most = 2;
    const auto id = listen(feed, -1, 0, gone);
    listen(feed, -1, 0, sated);
    listen(feed, -1, 0, stays);
    CHECK(feed.listeners() == 3);
    feed.unsubscribe(id);
    CHECK(feed.listeners() == 2);
    commit(feed, 0, 4);
    CHECK(stays.soon(5));
    CHECK(sated.now() == std::vector<Int>{0, 1});
    CHECK(gone.now().empty());
    CHECK(feed.listeners() == 1);
    listen(feed, 0, 5, sated); // has had enough of what was
    CHECK(feed.listeners() == 1);
}
