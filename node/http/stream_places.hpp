#pragma once

// How many streams there are, and whose. Nobody can take them all: not one party, not one address,
// and half of them are for those who have shown who they are. Safe from any thread.

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace handprint::http {

class StreamPlaces {
public:
    StreamPlaces(std::size_t most, std::size_t most_each) : most_(most), most_each_(most_each) {}

    /// Takes a place for a party (`known`) or for an address. False: none is free.
    [[nodiscard]] bool enter(const std::string& who, bool known) {
        const std::lock_guard lock(mutex_);
        if (all_ >= most_ || (!known && strangers_ >= (most_ + 1) / 2)) return false;
        std::size_t& one = each_[who];
        if (one >= most_each_) return false;
        ++one;
        ++all_;
        if (!known) ++strangers_;
        return true;
    }

    void leave(const std::string& who, bool known) {
        const std::lock_guard lock(mutex_);
        if (--each_[who] == 0) each_.erase(who);
        --all_;
        if (!known) --strangers_;
    }

private:
    const std::size_t most_, most_each_;
    std::mutex mutex_;
    std::map<std::string, std::size_t> each_;
    std::size_t all_ = 0, strangers_ = 0;
};

} // namespace handprint::http
