#include "node/http/quotas.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint::http;
using namespace handprint::test;
using namespace std::chrono_literals;

namespace {

constexpr double kSlow = 0.001; // one in a quarter of an hour: none comes back during a test
const std::string kSession = "Cookie: hp_session=good\r\n";
const std::string kKey = "Authorization: Bearer hp_good\r\n";

Principal party(const char* name, Principal::Kind kind = Principal::Kind::session) {
    Principal out;
    out.kind = kind;
    out.party = name;
    return out;
}

int status(const TestServer& server, const char* path, const std::string& headers = "") {
    return ask(server.port(), "GET", path, headers).status;
}

} // namespace

TEST_CASE("quotas: a burst passes, a flood is refused, others are not hurt, time brings it back") {
    Quotas quotas({{10, 50}, {}});
    auto now = Quotas::Clock::time_point() + 1h;
    for (int i = 0; i < 50; ++i)
        CHECK_FALSE(quotas.charge(party("m:1"), 1, now));
    for (int i = 0; i < 1000; ++i) {
        const auto refusal = quotas.charge(party("m:1"), 1, now);
        REQUIRE(refusal);
        CHECK(refusal->status == 429);
        CHECK(refusal->headers.get("Retry-After") == "1");
    }
    CHECK(quotas.refused().principals == 1000);
    CHECK_FALSE(quotas.charge(party("m:2"), 1, now));
    CHECK_FALSE(quotas.charge(party("m:1", Principal::Kind::key), 1, now));
    now += 100ms;
    CHECK_FALSE(quotas.charge(party("m:1"), 1, now));
    CHECK(quotas.charge(party("m:1"), 1, now));
    now += 1h; // no more than a burst is saved up
    for (int i = 0; i < 50; ++i)
        CHECK_FALSE(quotas.charge(party("m:1"), 1, now));
    CHECK(quotas.charge(party("m:1"), 1, now));
}

TEST_CASE("quotas: who sends what is not valid is refused on that account alone") {
    Quotas quotas({{}, {10, 3}});
    const auto now = Quotas::Clock::time_point() + 1h;
    CHECK_FALSE(quotas.failing("10.0.0.1", now));
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(quotas.charge_failure("10.0.0.1", now));
    CHECK(quotas.failing("10.0.0.1", now));
    CHECK(quotas.charge_failure("10.0.0.1", now));
    CHECK_FALSE(quotas.failing("10.0.0.2", now));
    CHECK_FALSE(quotas.charge_address("10.0.0.1", 1, now));
    CHECK_FALSE(quotas.failing("10.0.0.1", now + 100ms));
    CHECK(quotas.refused().failures == 2);
}

TEST_CASE("quotas: twenty thousand requests a second of a hundred people pass the default sizes") {
    Quotas quotas({{200, 1000}, {2000, 10'000}});
    auto now = Quotas::Clock::time_point() + 1h;
    for (int i = 0; i < 100'000; ++i) {
        const std::string name = "m:" + std::to_string(i % 100);
        REQUIRE_FALSE(quotas.charge(party(name.c_str()), 1, now));
        now += 50us;
    }
}

TEST_CASE("quotas: a party's requests over the wire, whatever its address") {
    TestServer server({}, {{kSlow, 2}, {}});
    for (int i = 0; i < 2; ++i)
        CHECK(status(server, "/key", kKey) == 200);
    const RawResponse limited = ask(server.port(), "GET", "/key", kKey);
    CHECK(limited.status == 429);
    CHECK(std::stoi(limited.header("Retry-After")) > 900);
    CHECK(limited.body.find("\"rate_limited\"") != std::string::npos);
    CHECK(status(server, "/me", kSession) == 200);
    CHECK(status(server, "/hello/a") == 200);
}

TEST_CASE("quotas: a flood of an address that nobody answers for stops, its people go on") {
    TestServer server({}, {{}, {kSlow, 3}});
    const std::string forwarded = "X-Forwarded-For: 9.9.9.9\r\n"; // not from a trusted proxy
    for (int i = 0; i < 3; ++i)
        CHECK(status(server, "/nowhere", forwarded) == 404);
    CHECK(status(server, "/nowhere", forwarded) == 429);
    CHECK(status(server, "/hello/a", "X-Forwarded-For: 8.8.8.8\r\n") == 429);
    CHECK(status(server, "/anyone") == 429);
    CHECK(status(server, "/anyone", kKey) == 200);
    for (int i = 0; i < 10; ++i)
        CHECK(status(server, "/me", kSession) == 200);
}

TEST_CASE("quotas: guessed credentials are an account of their own") {
    TestServer server({}, {{}, {kSlow, 3}});
    for (int i = 0; i < 3; ++i)
        CHECK(status(server, "/me", "Cookie: hp_session=guess\r\n") == 401);
    CHECK(status(server, "/me", "Cookie: hp_session=guess\r\n") == 429);
    CHECK(status(server, "/key", "Authorization: Bearer hp_guess\r\n") == 429);
    CHECK(status(server, "/me", kSession) == 200);
    CHECK(status(server, "/hello/a") == 200);
    // What is signed is looked at only while the address has not sent too much that was not valid.
    CHECK(ask(server.port(), "POST", "/never").status == 429);
}

TEST_CASE("quotas: behind a trusted proxy each caller is an address, an IPv6 network is one") {
    ServerConfig config;
    config.trusted_proxies = {"127.0.0.1"};
    TestServer server(config, {{}, {kSlow, 3}});
    for (int i = 0; i < 10; ++i) {
        const std::string from = "X-Forwarded-For: 6.6.6.6, 10.0.0." + std::to_string(i) + "\r\n";
        const RawResponse response = ask(server.port(), "GET", "/hello/a", from);
        CHECK(response.status == 200);
        CHECK(response.body.ends_with("at 10.0.0." + std::to_string(i)));
    }
    for (int i = 0; i < 4; ++i) {
        const std::string from = "X-Forwarded-For: 2001:db8:1:2::" + std::to_string(i) + "\r\n";
        CHECK(status(server, "/hello/a", from) == (i < 3 ? 200 : 429));
    }
}
