#include "node/routes/turns.hpp"

namespace handprint::routes {

Turns::Got Turns::take(const std::string& about, const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto [at, free] = held_.try_emplace(about, Held{id});
    if (free) return Got::turn;
    return !id.empty() && at->second.id == id ? Got::same : Got::other;
}

void Turns::end(const std::string& about) {
    const std::lock_guard lock(mutex_);
    held_.erase(about);
}

std::uint64_t Turns::wait(const std::string& about) {
    const std::lock_guard lock(mutex_);
    const auto at = held_.find(about);
    ++newest_;
    if (at != held_.end()) at->second.waits = newest_;
    return newest_;
}

bool Turns::waits(const std::string& about, std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto at = held_.find(about);
    return at != held_.end() && at->second.waits == number;
}

} // namespace handprint::routes
