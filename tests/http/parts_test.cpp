#include "node/http/events.hpp"
#include "node/http/fields.hpp"
#include "node/http/problem.hpp"
#include "node/http/rate_limit.hpp"
#include "node/http/reply.hpp"
#include "node/http/request_parser.hpp"
#include "node/http/response_head.hpp"
#include "node/http/uri.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;
using namespace handprint::http;

TEST_CASE("fields: names in any case, first wins, values cannot end a line") {
    Fields fields;
    fields.add("Content-Type", "text/plain");
    fields.add("X", "a\r\nSet-Cookie: b");
    fields.add("x", "second");
    CHECK(fields.get("content-TYPE") == "text/plain");
    CHECK(fields.get("x") == "a  Set-Cookie: b");
    CHECK(fields.count("X") == 2);
    CHECK_FALSE(fields.has("Y"));
    CHECK(fields.get("Y").empty());
}

TEST_CASE("query: decoding and its limits") {
    const Query query = Query::parse("a=1&b=x+y%2Bz&empty&&c=%E2%82%AC&a=2").value();
    CHECK(query.get("a") == "1");
    CHECK(query.get("b") == "x y+z");
    CHECK(query.get("empty") == "");
    CHECK(query.get("c") == "€");
    CHECK_FALSE(query.get("d").has_value());
    CHECK(Query::parse("a=%09%19%20%aa%AF%fF").value().get("a") == "\x09\x19\x20\xaa\xaf\xff");
    for (const char* bad : {"a=%", "a=%4", "a=%zz", "%00=1"})
        CHECK_FALSE(Query::parse(bad));
    for (const char* digit : {"/", ":", "@", "G", "`", "g"}) { // beside those that are digits
        CHECK_FALSE(Query::parse("a=%" + std::string(digit) + "1"));
        CHECK_FALSE(Query::parse("a=%1" + std::string(digit)));
    }
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "a=1&";
    CHECK_FALSE(Query::parse(many));
}

TEST_CASE("cookies: one among others, by its whole name") {
    CHECK(cookie("a=1; hp_session=abc=; b=2", "hp_session") == "abc=");
    CHECK(cookie("xhp_session=1", "hp_session").empty());
    CHECK(cookie("hp_session", "hp_session").empty());
    CHECK(cookie(";;; ", "hp_session").empty());
}

TEST_CASE("problem: members, escapes, text that is not UTF-8") {
    CHECK(
        problem_json(
            {429,
             "rate_limited",
             "Too \"many\"",
             "a\nb\xff"
             "c",
             Retry::later,
             3}
        )
        == R"({"type":"https://handprint.example/problems/rate_limited","title":"Too \"many\"",)"
           R"("status":429,"detail":"a\u000ab","code":"rate_limited","retry":"later"})"
    );
    const Response response = problem({503, "busy", "Busy", "", Retry::later, 3});
    CHECK(response.content_type == "application/problem+json");
    CHECK(response.headers.get("Retry-After") == "3");
}

TEST_CASE("response head: defaults, and what a handler may override") {
    std::string out;
    write_response_head(out, Response::json("{}"), {"D", 2, false});
    CHECK(
        out
        == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
           "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n\r\n"
    );
    Response kept = Response::empty(304);
    kept.with("cache-control", "no-cache");
    write_response_head(out, kept, {"D", 2, true});
    CHECK(
        out
        == "HTTP/1.1 304 Not Modified\r\nDate: D\r\nConnection: close\r\n"
           "X-Content-Type-Options: nosniff\r\ncache-control: no-cache\r\n\r\n"
    );
}

TEST_CASE("rate limit: burst, refill, one name does not touch another") {
    using namespace std::chrono_literals;
    RateLimiter limiter({10, 3});
    const auto start = RateLimiter::Clock::time_point() + 1h;
    for (int i = 0; i < 3; ++i)
        CHECK(limiter.take("a", 1, start) == 0ms);
    CHECK(limiter.take("a", 1, start) == 100ms);
    CHECK(limiter.take("b", 1, start) == 0ms);
    CHECK(limiter.take("a", 1, start + 100ms) == 0ms);
    CHECK(limiter.take("a", 1, start + 100ms) > 0ms);
    // A cost above the burst waits for a full bucket, not for ever.
    CHECK(limiter.take("a", 100, start + 10s) == 0ms);
    CHECK(limiter.take("a", 100, start + 10s) == 300ms);
    // A clock that goes back gives nothing away.
    CHECK(limiter.take("b", 1, start - 1h) == 0ms);
}

TEST_CASE("rate limit: memory is bounded however many names there are") {
    RateLimiter limiter({1, 2}, 1000);
    const auto now = RateLimiter::Clock::now();
    for (int i = 0; i < 50'000; ++i)
        CHECK(limiter.take("peer " + std::to_string(i), 1, now).count() == 0);
    // A name that was forgotten has a full bucket again.
    int kept = 0;
    for (int i = 0; i < 50'000; ++i) {
        if (limiter.wait("peer " + std::to_string(i), 2, now).count() > 0) ++kept;
    }
    CHECK(kept > 0);
    CHECK(kept <= 1000);
    // Full buckets go before those that say something.
    RateLimiter mixed({1, 2}, 1000);
    const auto later = now + std::chrono::seconds(10);
    for (int i = 0; i < 900; ++i)
        (void)mixed.take("quiet " + std::to_string(i), 1, now);
    (void)mixed.take("busy", 2, later);
    for (int i = 0; i < 600; ++i)
        (void)mixed.take("new " + std::to_string(i), 1, later);
    CHECK(mixed.wait("busy", 1, later).count() > 0);
    RateLimiter unlimited({0, 0});
    for (int i = 0; i < 1000; ++i)
        CHECK(unlimited.take("x", 1, now).count() == 0);
    CHECK(unlimited.wait("x", 1, now).count() == 0);
    RateLimiter exact({1, 2});
    (void)exact.take("x", 1, now);
    CHECK(exact.wait("x", 1, now).count() == 0); // one is left, and one is asked for
    CHECK(exact.wait("x", 2, now).count() == 1000);
}

namespace {

struct Target : ReplyTarget {
    std::vector<std::pair<std::uint64_t, int>> answers;

    void answer(std::uint64_t ticket, Response response) noexcept override {
        answers.emplace_back(ticket, response.status);
    }
};

} // namespace

TEST_CASE("reply: answers once; one that is dropped says the outcome is unknown") {
    const auto target = std::make_shared<Target>();
    {
        Reply reply(target, 7);
        reply(Response::empty(204));
        reply(Response::empty(200)); // too late
    }
    {
        const Reply dropped(target, 8);
    }
    {
        Reply first(target, 9);
        Reply second(target, 10);
        first = std::move(second); // drops 9
    }
    using Answers = std::vector<std::pair<std::uint64_t, int>>;
    CHECK(target->answers == Answers{{7, 204}, {8, 503}, {9, 503}, {10, 503}});
}

TEST_CASE("event stream: text, several lines, slow client dropped, close after the rest") {
    EventStream stream(100);
    int woken = 0;
    stream.attach([&] { ++woken; });
    CHECK(stream.send({"12", "accept", "{\"a\":1}\n{}"}));
    CHECK(stream.send({"", "", "x"}));
    CHECK(woken == 1); // the first wake-up takes both
    std::string out;
    CHECK(stream.take(out));
    CHECK(out == "id: 12\nevent: accept\ndata: {\"a\":1}\ndata: {}\n\ndata: x\n\n");

    CHECK(stream.send({"13\nid: 14", "", ""}));
    stream.close();
    CHECK_FALSE(stream.send({"15", "", ""}));
    CHECK(stream.take(out));
    CHECK(out == "id: 13 id: 14\ndata: \n\n");
    CHECK_FALSE(stream.take(out));

    EventStream slow(100);
    CHECK(slow.send({"1", "", std::string(80, 'x')}));
    CHECK_FALSE(slow.send({"2", "", std::string(80, 'x')}));
    CHECK(slow.closed());
    // What it has not taken yet it is sent: else it would come back to the same place for ever.
    CHECK(slow.take(out));
    CHECK(out.starts_with("id: 1\n"));
    CHECK_FALSE(slow.take(out));

    EventStream large(100); // one event that is larger than the limit gets past it
    CHECK(large.send({"1", "", std::string(200, 'x')}));
    CHECK(large.take(out));
    CHECK_FALSE(large.closed());
}

namespace {

void feed(RequestParser& parser, const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        error_code ec;
        at += parser.put(asio::buffer(bytes) + at, ec);
        REQUIRE_FALSE(ec);
    }
}

} // namespace

TEST_CASE("a body has room for the whole when a quarter is there, and little for what is claimed") {
    constexpr std::size_t length = 8UL << 20U;
    RequestParser parser(8 * 1024);
    const auto put = [&](const std::string& bytes) { feed(parser, bytes); };
    put("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n");
    parser.limit_body(length);
    const std::string piece(64UL * 1024, 'x');
    for (std::size_t sent = piece.size(); sent <= length; sent += piece.size()) {
        put(piece);
        const std::size_t room = parser.request().body.capacity();
        CAPTURE(sent);
        CHECK(room >= sent);
        if (sent > length / 2) CHECK(room == length); // made once, and never copied again
        if (sent < length / 4) CHECK(room <= 2 * sent);
    }
    CHECK(parser.is_done());
}

TEST_CASE("what follows a body says nothing that we use") {
    RequestParser parser(8 * 1024);
    feed(parser, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    parser.limit_body(100);
    feed(parser, "2\r\nhi\r\n0\r\nCookie: hp_session=good\r\nHost: b\r\n\r\n");
    CHECK(parser.is_done());
    CHECK(parser.request().body == "hi");
    CHECK_FALSE(parser.request().headers.has("Cookie"));
    CHECK(parser.request().headers.count("Host") == 1);
}
