#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>

namespace handprint::tools {

/// A bar on standard error, if that is a terminal and `quiet` is not set. Safe from any thread.
class Progress {
public:
    Progress(std::string what, std::size_t total, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void add(std::size_t done);

private:
    void draw(std::size_t done);

    std::string what_;
    std::size_t total_;
    bool shown_;
    std::atomic<std::size_t> done_{0};
    std::mutex mutex_;
    std::size_t drawn_ = 0; // tenths of a percent
};

} // namespace handprint::tools
