#include "node/http/events.hpp"

#include <algorithm>
#include <utility>

namespace handprint::http {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name);
    for (const char c : value)
        out.push_back(c == '\n' || c == '\r' ? ' ' : c);
    out.push_back('\n');
}

void append_event(std::string& out, const Event& event) {
    if (!event.id.empty()) append_field(out, "id: ", event.id);
    if (!event.type.empty()) append_field(out, "event: ", event.type);
    std::string_view rest = event.data;
    do {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        append_field(out, "data: ", rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    } while (!rest.empty());
    out.push_back('\n');
}

} // namespace

EventStream::EventStream(std::size_t pending_max) : pending_max_(pending_max) {}

bool EventStream::send(const Event& event) {
    std::function<void()> wake;
    bool alive = true;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        const std::size_t before = pending_.size();
        append_event(pending_, event);
        // What came before still goes out: without it the client would come back to the same place.
        if (before > 0 && pending_.size() > pending_max_) {
            pending_.resize(before);
            closed_ = true;
            alive = false;
        }
        if (!std::exchange(awake_, true)) wake = wake_;
    }
    if (wake) wake();
    return alive;
}

void EventStream::close() {
    std::function<void()> wake;
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(closed_, true)) return;
        wake = wake_;
    }
    if (wake) wake();
}

bool EventStream::closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

void EventStream::attach(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
}

void EventStream::when_gone(std::function<void()> told) {
    const std::lock_guard lock(mutex_);
    gone_ = std::move(told);
}

void EventStream::detach() {
    std::function<void()> dropped, gone; // destroyed after the lock: they may own the caller
    {
        const std::lock_guard lock(mutex_);
        std::swap(dropped, wake_);
        std::swap(gone, gone_);
        closed_ = true;
        pending_ = {};
    }
    if (gone) gone();
}

bool EventStream::take(std::string& out) {
    const std::lock_guard lock(mutex_);
    awake_ = false;
    out.clear();
    std::swap(out, pending_);
    return !(closed_ && out.empty());
}

} // namespace handprint::http
