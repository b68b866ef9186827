#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace handprint::tools {

/// A bar on standard error, if for_people() holds of it and `quiet` is not set. Work that is over
/// in half a second shows none. Safe from any thread.
class Progress {
public:
    Progress(std::string what, std::size_t total, bool quiet);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void add(std::size_t done);
    /// For a caller who counts, and learns only then how much there is.
    void reach(std::size_t done, std::size_t total);
    /// The next of `total` steps that are long, each under its own name. False if nothing is shown.
    bool step(const std::string& what);
    /// Ends its line, before something else is printed. The destructor does so too.
    void finish();

private:
    void show(std::size_t done);
    void draw(std::size_t done);

    std::string what_;
    std::size_t total_;
    bool shown_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::size_t done_ = 0;
    bool begun_ = false;
    std::size_t drawn_ = 0; // tenths of a percent
};

} // namespace handprint::tools
