#include "node/routes/long_work.hpp"
#include "tests/routes/failures.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace handprint;
using routes::LongWork;
using test::Failures;

namespace {

/// Keeps the answers by ticket.
struct Answers : http::ReplyTarget {
    void answer(std::uint64_t ticket, http::Response response) noexcept override {
        const std::lock_guard lock(mutex);
        by_ticket[ticket] = std::move(response);
    }

    int status(std::uint64_t ticket) {
        const std::lock_guard lock(mutex);
        const auto at = by_ticket.find(ticket);
        return at == by_ticket.end() ? 0 : at->second.status;
    }

    std::mutex mutex;
    std::map<std::uint64_t, http::Response> by_ticket;
};

http::Request of_bytes(std::size_t bytes) {
    http::Request request;
    request.route = "/long";
    request.body.assign(bytes, 'x');
    return request;
}

/// Work that has begun, and ends when it is let go.
struct Held {
    std::promise<void> begun, release;
    std::shared_future<void> let_go{release.get_future().share()};

    LongWork::Work work() {
        return [this](const http::Request&) {
            begun.set_value();
            let_go.wait();
            return http::Response::empty(204);
        };
    }
};

LongWork::Work quick() {
    return [](const http::Request&) { return http::Response::empty(204); };
}

/// Waits until it is let go, so long at most; then 204 if it was.
LongWork::Work patient(const std::atomic<bool>& let_go, std::chrono::milliseconds at_most) {
    return [&let_go, at_most](const http::Request&) {
        return LongWork::Wait{
            [&let_go] { return let_go.load(); },
            std::chrono::steady_clock::now() + at_most,
            [&let_go](const http::Request&) { return http::Response::empty(let_go ? 204 : 202); }
        };
    };
}

constexpr std::chrono::seconds long_enough{60};

} // namespace

TEST_CASE("long work: what only waits holds no thread") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    const auto answered = [&](std::uint64_t ticket) {
        const auto end = std::chrono::steady_clock::now() + long_enough;
        while (answers->status(ticket) == 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        return answers->status(ticket);
    };
    std::atomic<bool> let_go{false};
    LongWork work({.threads = 1, .waiting = 8, .bytes = 100}, observer);
    for (const std::uint64_t ticket : {1UL, 2UL, 3UL})
        work.take(of_bytes(10), {answers, ticket}, patient(let_go, long_enough));
    work.take(of_bytes(10), {answers, 4}, patient(let_go, std::chrono::milliseconds(20)));
    work.take(of_bytes(10), {answers, 5}, quick());
    CHECK(answered(5) == 204);
    CHECK(answered(4) == 202); // its time was over
    CHECK(answers->status(1) == 0);
    work.take(of_bytes(90), {answers, 6}, quick()); // bodies of those who wait count
    CHECK(answered(6) == 503);
    let_go = true;
    for (const std::uint64_t ticket : {1UL, 2UL, 3UL})
        CHECK(answered(ticket) == 204);
    work.take(of_bytes(100), {answers, 7}, quick());
    CHECK(answered(7) == 204);
}

TEST_CASE("long work: a stop has what waits without a thread end as it stands") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    const std::atomic<bool> let_go{false};
    LongWork work({.threads = 1}, observer);
    work.take(of_bytes(1), {answers, 1}, patient(let_go, long_enough));
    work.take(of_bytes(1), {answers, 2}, quick());
    while (answers->status(2) == 0) // behind the first, so that one has begun to wait
        std::this_thread::yield();
    work.stop();
    CHECK(answers->status(1) == 202);
}

TEST_CASE("long work: what finds no room is told to come again, what has room has its turn") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    Held held;
    {
        LongWork work({.threads = 1, .waiting = 2, .bytes = 100}, observer);
        work.take(of_bytes(10), {answers, 1}, held.work());
        held.begun.get_future().wait();
        work.take(of_bytes(10), {answers, 2}, quick());
        work.take(of_bytes(90), {answers, 3}, quick()); // too many bytes
        CHECK(answers->status(3) == 503);
        work.take(of_bytes(80), {answers, 4}, quick());
        work.take(of_bytes(0), {answers, 5}, quick()); // too many
        CHECK(answers->status(5) == 503);
        CHECK(answers->by_ticket[5].headers.get("Retry-After") == "1");
        CHECK(answers->status(1) == 0);
        held.release.set_value();
        while (answers->status(4) == 0)
            std::this_thread::yield();
        CHECK(answers->status(1) == 204);
        CHECK(answers->status(2) == 204);
        CHECK(answers->status(4) == 204);
    }
}

TEST_CASE("long work: one request may be larger than all that is allowed together") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    LongWork work({.threads = 1, .waiting = 2, .bytes = 100}, observer);
    work.take(of_bytes(1000), {answers, 1}, quick());
    while (answers->status(1) == 0)
        std::this_thread::yield();
    CHECK(answers->status(1) == 204);
}

TEST_CASE("long work: a stop waits for what is under way and answers what waits") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    LongWork work({.threads = 1}, observer);
    std::promise<void> begun;
    std::atomic<bool> ended{false};
    work.take(of_bytes(1), {answers, 1}, [&](const http::Request&) {
        begun.set_value();
        while (!work.closed())
            std::this_thread::yield();
        ended = true;
        return http::Response::empty(204);
    });
    begun.get_future().wait();
    work.take(of_bytes(1), {answers, 2}, quick());
    work.stop();
    CHECK(ended);
    CHECK(answers->status(1) == 204);
    CHECK(answers->status(2) == 503);
    work.take(of_bytes(1), {answers, 3}, quick());
    CHECK(answers->status(3) == 503);
    work.stop(); // again is nothing
}

TEST_CASE("long work: an exception is an answer") {
    Failures observer;
    const auto answers = std::make_shared<Answers>();
    LongWork work({.threads = 1}, observer);
    work.take(of_bytes(1), {answers, 1}, [](const http::Request&) -> http::Response {
        throw std::runtime_error("on purpose");
    });
    work.take(of_bytes(1), {answers, 2}, [](const http::Request&) -> http::Response {
        throw http::Unavailable("on purpose");
    });
    // What one waits for cannot be told either: it is asked again.
    std::atomic<int> asked = 0;
    work.take(of_bytes(1), {answers, 3}, [&asked](const http::Request&) -> LongWork::Outcome {
        const auto over = [&asked] {
            if (asked++ == 0) throw http::Unavailable("on purpose");
            return true;
        };
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        return LongWork::Wait{over, until, quick()};
    });
    while (answers->status(3) == 0)
        std::this_thread::yield();
    CHECK(answers->status(1) == 500);
    CHECK(observer.told() == "/long: on purpose\n/long: on purpose\n");
    CHECK(answers->status(2) == 503);
    CHECK(answers->status(3) == 204);
}
