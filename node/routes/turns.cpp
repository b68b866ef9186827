#include "node/routes/turns.hpp"

namespace handprint::routes {

Turns::Got Turns::take(const std::string& about, const std::string& id, Deadline until) {
    std::unique_lock lock(mutex_);
    if (held_.try_emplace(about, Held{id}).second) return Got::turn;
    if (id.empty() || held_.at(about).id != id) return Got::other;
    const std::uint64_t here = held_.at(about).waits = ++newest_;
    changed_.notify_all(); // who waited before waits no more
    while (!closed_ && changed_.wait_until(lock, until) == std::cv_status::no_timeout) {
        const auto [at, free] = held_.try_emplace(about, Held{id});
        if (free) return Got::turn;
        if (at->second.id != id) return Got::other;
        if (at->second.waits != here) break;
    }
    return Got::later;
}

void Turns::end(const std::string& about) {
    const std::lock_guard lock(mutex_);
    held_.erase(about);
    changed_.notify_all();
}

void Turns::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

} // namespace handprint::routes
