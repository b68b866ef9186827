#pragma once

// Threads that give answers, so that the sequencer never waits for an encoder, a signature or a
// socket. Order between answers is not promised.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handprint::pipeline {

class Completions {
public:
    explicit Completions(unsigned threads);
    ~Completions();
    Completions(const Completions&) = delete;
    Completions& operator=(const Completions&) = delete;

    void post(std::vector<std::function<void()>> work);
    /// Runs what is posted, then ends the threads.
    void stop();

private:
    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> work_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace handprint::pipeline
