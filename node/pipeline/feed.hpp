#pragma once

// The one ordered feed of what was committed, for streams and notices. A window of the newest
// entries is kept; who is further behind reads the entries themselves. Thread-safe.

#include "node/pipeline/job.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace handprint::pipeline {

struct FeedItem {
    Int index = 0, time = 0;
    std::string kind;
    std::vector<std::string> parties; // who may see more than the header: actor and parts
    record::Json summary;             // small: batch, counts
};

class Feed final : public Follower {
public:
    using Listener = std::function<void(const FeedItem&)>;

    /// Items after `after` that are still in the window are given at once, then each new one.
    /// Called on the sequencer's thread: be quick, do not call back.
    std::uint64_t subscribe(Int after, Listener listener);
    void unsubscribe(std::uint64_t id);

    void row(const market::Row&) override {}

    void claim(Int, Int, Int, const std::vector<Int>&) override {}

    void entries(const std::vector<NewEntry>& entries) override;

    void forget() override {}

private:
    static constexpr std::size_t window = 4096;

    std::mutex mutex_;
    std::deque<FeedItem> items_;
    std::map<std::uint64_t, Listener> listeners_;
    std::uint64_t next_ = 1;
};

} // namespace handprint::pipeline
