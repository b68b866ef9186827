#pragma once

// Threads for requests that take long, so that the I/O threads stay free: imports, acceptance of
// many. They are few, what waits for them is bounded in number and in bytes, and they are joined.
// Work that can only wait gives its thread back until there is something to do. Thread-safe.

#include "node/http/observer.hpp"
#include "node/http/reply.hpp"
#include "node/http/types.hpp"
#include "node/routes/turns.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace handprint::routes {

class LongWork {
public:
    struct Size {
        unsigned threads = 4;
        std::size_t waiting = 32;
        std::size_t bytes = 512UL * 1024 * 1024; // of bodies, waiting and under way
        std::size_t aside = 1'000;               // that gave their thread back
    };

    using Deadline = std::chrono::steady_clock::time_point;
    struct Outcome;
    /// May let go of what it needs no more of the request.
    using Work = std::function<Outcome(http::Request&)>;

    /// What is to be waited for without a thread. Then `then` goes on: when `over` says so, which
    /// is asked again and again and has to be quick, at the deadline, or when all of this closes.
    struct Wait {
        std::function<bool()> over;
        Deadline until;
        Work then; // once closed() it answers
    };

    struct Outcome {
        // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): most work answers
        Outcome(http::Response response) : is(std::move(response)) {}

        // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions)
        Outcome(Wait wait) : is(std::move(wait)) {}

        std::variant<http::Response, Wait> is;
    };

    LongWork(Size size, http::Observer& observer);
    ~LongWork(); // as stop()
    LongWork(const LongWork&) = delete;
    LongWork& operator=(const LongWork&) = delete;

    /// Answers in its turn; at once with 503 when there is no room or the node stops. An exception
    /// is told to the observer and answered with 500.
    void take(http::Request request, http::Reply reply, Work work);

    /// Takes no more, answers what waits for a thread with 503, and lets `closed` tell what is
    /// under way, or has been, to end.
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
        std::size_t bytes = 0; // of the body, as they count
    };

    void run();
    void watch();
    [[nodiscard]] Outcome carry_out(Piece& piece);
    // With the lock held.
    void put_aside(Piece piece, Wait wait);
    template <class Ended>
    void take_up(const Ended& ended);

    const Size size_;
    http::Observer& observer_;
    std::atomic<bool> closed_{false};
    Turns turns_;
    std::mutex mutex_;
    std::condition_variable wake_, look_;
    std::deque<Piece> waiting_;
    std::vector<std::pair<Piece, Wait>> aside_;
    std::size_t bytes_ = 0;
    std::vector<std::thread> threads_; // the last one watches what was put aside
};

} // namespace handprint::routes
