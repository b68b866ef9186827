#pragma once

// Checks that do not wait for each other, done by a few threads, each with a report of its own.

#include "node/audit/report.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handprint::audit {

class Errands {
public:
    using Check = std::function<Result<void>(Report&)>;

    explicit Errands(unsigned threads);
    ~Errands();
    Errands(const Errands&) = delete;
    Errands& operator=(const Errands&) = delete;

    /// Taken up in this order, at once if a thread is free.
    void add(Check check);

    /// Waits for all and adds what they found in the order in which they were added; the first
    /// Failure of one, if any. Called once.
    [[nodiscard]] Result<void> finish(Report& report);

private:
    struct Errand {
        Check check;
        Report report{};
        Result<void> result{};
    };

    void run();
    void stop();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Errand> errands_; // stay where they are
    std::size_t taken_ = 0;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

} // namespace handprint::audit
