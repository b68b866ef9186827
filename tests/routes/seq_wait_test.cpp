#include "node/routes/seq_wait.hpp"
#include "tests/routes/failures.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>

using namespace handprint;
using market::Int;
using routes::SeqWait;
using test::Failures;

namespace {

struct One : http::ReplyTarget {
    void answer(std::uint64_t, http::Response response) noexcept override {
        status.set_value(response.status);
    }

    std::promise<int> status;
};

/// A log that grows when it is told to.
struct Log {
    std::atomic<Int> size{0};

    SeqWait::Grown grown() {
        return [this](Int least, Int timeout_ms) {
            const auto end =
                std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
            while (size < least && std::chrono::steady_clock::now() < end)
                std::this_thread::yield();
            return size >= least;
        };
    }
};

http::Request reading(const std::string& least, std::size_t bytes = 0) {
    http::Request request;
    request.headers.add("Handprint-Min-Seq", least);
    request.body.assign(bytes, 'x');
    return request;
}

http::Route route_of(http::Handler handler) {
    return {http::Method::get, "/late", http::Auth::none, {}, std::move(handler), nullptr};
}

const http::Route quick = route_of([](const http::Request&) { return http::Response::empty(204); });
const http::Route throwing =
    route_of([](const http::Request&) -> http::Response { throw std::runtime_error("broken"); });

const http::Route throwing_later{
    http::Method::get,
    "/later",
    http::Auth::none,
    {},
    nullptr,
    [](const http::Request&, const http::Reply&) { throw std::runtime_error("on purpose"); }
};

/// The route must last as long as the wait.
std::future<int> take(SeqWait& wait, http::Request request, const http::Route& route = quick) {
    const auto one = std::make_shared<One>();
    auto status = one->status.get_future();
    wait.take(std::move(request), http::Reply(one, 1), route);
    return status;
}

} // namespace

TEST_CASE("a request is too early while the log is shorter than it asks for") {
    Failures observer;
    Log log;
    log.size = 5;
    const SeqWait wait(log.grown(), {}, observer);
    CHECK_FALSE(wait.too_early(http::Request{}));
    CHECK_FALSE(wait.too_early(reading("5")));
    CHECK(wait.too_early(reading("6")));
    CHECK(wait.too_early(reading("9007199254740991")));
    CHECK_FALSE(wait.too_early(reading("9007199254740992"))); // no number: the handler says so
    CHECK_FALSE(wait.too_early(reading("six")));
}

TEST_CASE("what was too early is answered when the log has grown, and not before") {
    Failures observer;
    Log log;
    SeqWait wait(log.grown(), {.patience = std::chrono::seconds(60)}, observer);
    auto third = take(wait, reading("3"));
    auto second = take(wait, reading("2"));
    CHECK(second.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    log.size = 2;
    CHECK(second.get() == 204);
    CHECK(third.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    log.size = 3;
    CHECK(third.get() == 204);
    CHECK(take(wait, reading("1"), throwing).get() == 500);
    CHECK(take(wait, reading("1"), throwing_later).get() == 503);
    auto on = take(wait, reading("1")); // and the next is answered all the same
    CHECK(on.get() == 204);
    CHECK(observer.told() == "/late: broken\n/later: on purpose\n");
}

TEST_CASE("who waits in vain, finds no room or is there at the end is told that it is too early") {
    Failures observer;
    Log log;
    SeqWait brief(log.grown(), {.patience = std::chrono::milliseconds(20)}, observer);
    CHECK(take(brief, reading("1")).get() == 503);
    SeqWait small(
        log.grown(), {.waiting = 2, .bytes = 10, .patience = std::chrono::seconds(60)}, observer
    );
    CHECK(take(small, reading("1", 11)).get() == 503);
    auto first = take(small, reading("1", 4));
    CHECK(take(small, reading("1", 7)).get() == 503);
    auto second = take(small, reading("1"));
    CHECK(take(small, reading("1")).get() == 503);
    log.size = 1;
    CHECK(first.get() == 204);
    CHECK(second.get() == 204);
    auto last = take(small, reading("2"));
    small.stop();
    CHECK(last.get() == 503);
    CHECK(take(small, reading("1")).get() == 503);
}
