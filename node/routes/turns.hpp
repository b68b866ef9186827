#pragma once

// Who has the turn of a thing: one long request about it is under way at a time. The same request
// sent again (under the same id) may wait for the end of the first, one such at a time: it gets a
// number, and asks by it. Nobody is kept waiting in here. Thread-safe.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace handprint::routes {

class Turns {
public:
    enum class Got {
        turn,
        other, // another request has it
        same,  // the same request has it still
    };

    /// Things are named as parties are. Without an id a request is the same as no other.
    [[nodiscard]] Got take(const std::string& about, const std::string& id);
    void end(const std::string& about);

    /// The same request waits, from now on in place of any that did before.
    [[nodiscard]] std::uint64_t wait(const std::string& about);
    /// Whether the one of that number has to wait still: the turn has not ended, and it was not
    /// sent once more.
    [[nodiscard]] bool waits(const std::string& about, std::uint64_t number) const;

private:
    struct Held {
        std::string id;
        std::uint64_t waits = 0; // the newest that waits for it
    };

    mutable std::mutex mutex_;
    std::map<std::string, Held> held_;
    std::uint64_t newest_ = 0;
};

} // namespace handprint::routes
