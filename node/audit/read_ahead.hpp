#pragma once

// Reads and checks entries with several threads, and hands them over in the order of the log.

#include "node/audit/read_entry.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace handprint::audit {

class ReadAhead {
public:
    ReadAhead(store::Store& store, Int size, const KeyHints& hints, unsigned threads);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// The next entries; empty at the end. Failure if the store could not be read.
    [[nodiscard]] Result<std::vector<ReadEntry>> next();

private:
    using Page = Result<std::vector<ReadEntry>>;

    void run();
    [[nodiscard]] Page read(Int from);

    static constexpr Int page = 128;
    static constexpr std::size_t most_waiting = 32;

    store::Store& store_;
    const Int size_;
    const KeyHints& hints_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Int, Page> ready_; // by first index
    Int taken_ = 0;             // first index that no thread has taken
    Int wanted_ = 0;            // first index that next() gives
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace handprint::audit
