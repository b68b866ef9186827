#pragma once

// Threads for requests that take long, so that the I/O threads stay free: imports, acceptance of
// many. They are few, what waits for them is bounded in number and in bytes, and they are joined.
// Thread-safe.

#include "node/http/reply.hpp"
#include "node/http/types.hpp"
#include "node/routes/turns.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handprint::routes {

class LongWork {
public:
    struct Size {
        unsigned threads = 4;
        std::size_t waiting = 32;
        std::size_t bytes = 512UL * 1024 * 1024; // of bodies, waiting and under way
    };

    /// May let go of what it needs no more of the request.
    using Work = std::function<http::Response(http::Request&)>;

    explicit LongWork(Size size);
    ~LongWork(); // as stop()
    LongWork(const LongWork&) = delete;
    LongWork& operator=(const LongWork&) = delete;

    /// Answers in its turn; at once with 503 when there is no room or the node stops. An exception
    /// is answered with 500.
    void take(http::Request request, http::Reply reply, Work work);

    /// Takes no more, answers what waits with 503, and lets `closed` tell what is under way to end.
    void close();

    /// To be asked between steps: then the work ends where a repetition of the request goes on.
    [[nodiscard]] bool closed() const noexcept { return closed_; }

    /// Closes and waits for what is under way.
    void stop();

    /// Staged chunks of a batch have one place, so what is long about a batch takes turns.
    [[nodiscard]] Turns& turns() noexcept { return turns_; }

private:
    struct Piece {
        http::Request request;
        http::Reply reply;
        Work work;
    };

    void run();

    const Size size_;
    std::atomic<bool> closed_{false};
    Turns turns_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Piece> waiting_;
    std::size_t bytes_ = 0;
    std::vector<std::thread> threads_;
};

} // namespace handprint::routes
