#pragma once

// Requests that are to be answered from a log of some length (Handprint-Min-Seq), while it is not
// that long yet. They are kept for up to a second, bounded in number and in bytes, and answered on
// a thread of their own. Thread-safe.

#include "node/http/observer.hpp"
#include "node/http/waits.hpp"
#include "node/market/rows.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handprint::routes {

class SeqWait : public http::Waits {
public:
    struct Size {
        std::size_t waiting = 1'000;
        std::size_t bytes = 16UL * 1024 * 1024; // of bodies
        std::chrono::milliseconds patience{1'000};
    };

    /// Whether the log has so many entries, now or within so many milliseconds.
    using Grown = std::function<bool(market::Int size, market::Int timeout_ms)>;

    /// The observer is told of handlers that threw.
    SeqWait(Grown grown, Size size, http::Observer& observer);
    ~SeqWait() override; // as stop()
    SeqWait(const SeqWait&) = delete;
    SeqWait& operator=(const SeqWait&) = delete;

    [[nodiscard]] bool too_early(const http::Request& request) const override;
    /// Answers `not_yet` at once when there is no room.
    void take(http::Request request, http::Reply reply, const http::Route& route) override;

    /// Answers what waits, and from now on everything, with `not_yet`.
    void stop();

private:
    using Clock = std::chrono::steady_clock;

    struct Piece {
        market::Int least;
        Clock::time_point until;
        http::Request request;
        http::Reply reply;
        const http::Route* route;
    };

    void run();
    /// With the lock held.
    [[nodiscard]] std::vector<Piece> take_ended(Clock::time_point now);

    const Grown grown_;
    const Size size_;
    http::Observer& observer_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Piece> waiting_;
    std::size_t bytes_ = 0;
    bool stopped_ = false;
    std::thread thread_;
};

} // namespace handprint::routes
