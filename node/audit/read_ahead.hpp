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
    ReadAhead(store::Store& store, Int size, const record::KeyHints& hints, unsigned threads);
    ~ReadAhead();
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// The next entries; empty at the end. Failure if the store could not be read.
    [[nodiscard]] Result<std::vector<ReadEntry>> next();

    /// Entries that are done with, so that their memory is freed by those who allocate it.
    void give_back(std::vector<ReadEntry> entries);

private:
    using Page = Result<std::vector<ReadEntry>>;

    void run();
    /// Into the memory of entries that are done with.
    [[nodiscard]] Page read(Int from, std::vector<ReadEntry> out);

    // Few enough that what was read is still in the cache when it is folded.
    static constexpr Int page = 64;
    static constexpr std::size_t most_waiting = 16;

    store::Store& store_;
    const Int size_;
    const record::KeyHints& hints_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<Int, Page> ready_; // by first index
    std::vector<std::vector<ReadEntry>> spent_;
    Int taken_ = 0;  // first index that no thread has taken
    Int wanted_ = 0; // first index that next() gives
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace handprint::audit
