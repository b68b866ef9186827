#pragma once

// The one ordered feed of what was committed, for streams and notices. The newest entries since the
// start are kept; who is further behind is told of the gap, and reads the entries themselves. Told
// on a thread of its own, so that many listeners keep no commit waiting. Thread-safe.

#include "node/pipeline/job.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
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
    /// False when it wants no more. One call at a time, on the feed's own thread or in subscribe():
    /// be quick, do not call back.
    using Listener = std::function<bool(const FeedItem&)>;
    /// Entries from..to have been, and will not be given.
    using Gap = std::function<void(Int from, Int to)>;

    /// What is given again at most; it is done while others wait.
    static constexpr Int replay_most = 1'000;

    Feed();
    ~Feed() override;
    Feed(const Feed&) = delete;
    Feed& operator=(const Feed&) = delete;

    /// Gives what there is after `after` at once, and then each new item. `size` is the log's, of
    /// before this call. Returns a number for unsubscribe().
    std::uint64_t subscribe(Int after, Int size, const Gap& gap, Listener listener);
    void unsubscribe(std::uint64_t id);
    [[nodiscard]] std::size_t listeners() const;
    /// Ends the thread; nobody is told of anything any more.
    void stop();

    void row(const market::Row&) override {}

    void claim(Int, Int, Int, const std::vector<Int>&) override {}

    void entries(const std::vector<NewEntry>& entries) override;

    void forget() override {}

private:
    void run();
    void tell(FeedItem item);

    std::mutex queue_mutex_;
    std::condition_variable wake_;
    std::vector<FeedItem> queue_; // not told yet
    bool stopping_ = false;
    mutable std::mutex mutex_; // of what is below
    std::deque<FeedItem> items_;

    struct Listening {
        Int after = 0;
        Listener tell;
    };

    std::map<std::uint64_t, Listening> listeners_;
    std::uint64_t next_ = 1;
    std::thread thread_;
};

} // namespace handprint::pipeline
