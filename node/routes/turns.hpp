#pragma once

// Who has the turn of a thing: one long request about it is under way at a time. The same request
// sent again (under the same id) waits for the end of the first, one such at a time. Thread-safe.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace handprint::routes {

class Turns {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    enum class Got {
        turn,
        other, // another request has it
        later, // the same request has it still, or sent once more it waits instead of this one
    };

    /// Things are named as parties are. Without an id a request is the same as no other. Waits
    /// until then at most.
    [[nodiscard]] Got take(const std::string& about, const std::string& id, Deadline until);
    void end(const std::string& about);

    /// From now on nobody waits.
    void close();

private:
    struct Held {
        std::string id;
        std::uint64_t waits = 0; // the newest that waits for it
    };

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Held> held_;
    std::uint64_t newest_ = 0;
    bool closed_ = false;
};

} // namespace handprint::routes
