#pragma once

// Commits one batch at a time on a thread of its own, so that the next batch is decided while the
// disk is busy. Used by one thread; `landed` is called on the committer's.

#include "node/store/store.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace handprint::pipeline {

class Committer {
public:
    /// `landed` is told that a commit has ended, well or not.
    Committer(store::Store& store, std::function<void()> landed);
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// The batch must live until wait() has returned; nothing else may be under way.
    void begin(const store::Batch& batch);
    /// Whether wait() would answer at once.
    [[nodiscard]] bool ended() const;
    /// What became of the batch that was begun last.
    [[nodiscard]] store::CommitResult wait();

private:
    void run();

    store::Store& store_;
    std::function<void()> landed_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    const store::Batch* batch_ = nullptr;
    std::optional<store::CommitResult> result_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace handprint::pipeline
