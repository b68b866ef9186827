#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace handprint::http {

struct Event {
    std::string_view id;   // left out when empty
    std::string_view type; // left out when empty
    std::string_view data; // may have several lines
};

/// One client of Server-Sent Events. A handler makes it, keeps it to send to, and returns it in
/// Response::events(); `Last-Event-ID` is an ordinary request header. Safe from any thread.
///
/// What a client has not taken yet is kept up to a limit; past that the client is dropped once it
/// has been sent, and comes back with the id of the last event that it saw.
class EventStream {
public:
    explicit EventStream(std::size_t pending_max = 256 * 1024);

    /// False when the client is gone, or is dropped by this call.
    bool send(const Event& event);
    /// Ends the stream once what is pending has been sent.
    void close();
    [[nodiscard]] bool closed() const;

    // The server's side.

    /// Called, from any thread, when there is something to take or the stream has ended.
    void attach(std::function<void()> wake);
    /// The client is gone: nothing is kept from now on.
    void detach();
    /// Called once, by detach(). Set before the stream is returned.
    void when_gone(std::function<void()> told);
    /// Moves what is pending to `out`. False when the stream has ended and all was taken.
    bool take(std::string& out);

private:
    const std::size_t pending_max_;
    mutable std::mutex mutex_;
    std::string pending_;
    std::function<void()> wake_, gone_;
    bool closed_ = false;
    bool awake_ = false; // a wake-up is under way, so another would say nothing new
};

} // namespace handprint::http
