// What a browser is told of its session, over HTTP.

#include "node/app/config.hpp"
#include "tests/app/rig.hpp"
#include "tests/http/raw_client.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::test;

namespace {

std::string signed_challenge(const Rig& rig, const client::Signer& signer) {
    const auto reply =
        ask(rig.node->port(), "POST", "/v1/sessions/challenge", "", signer.challenge_body());
    const auto json = record::Json::parse(reply.body);
    REQUIRE(json);
    return signer.session_body(json->at("challenge").text(), app::wall_clock_ms());
}

/// What comes before and after the token in the line that sets the cookie.
std::string flags(const RawResponse& response) {
    std::string line = response.header("Set-Cookie");
    const auto from = line.find('=') + 1;
    return line.erase(from, line.find(';') - from);
}

} // namespace

TEST_CASE("session: its cookie, over which way it goes, and its end") {
    Rig rig([](app::Config& config) { config.trusted_proxies = "127.0.0.1"; });
    const auto signer = rig.member();
    const auto open = [&](const char* headers) {
        return ask(
            rig.node->port(), "POST", "/v1/sessions", headers, signed_challenge(rig, signer)
        );
    };
    const auto opened = open("");
    REQUIRE(opened.status == 200);
    CHECK(flags(opened) == "hp_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
    CHECK(
        flags(open("X-Forwarded-Proto: https\r\n"))
        == "hp_session=; Path=/; HttpOnly; SameSite=Strict; Secure; Max-Age=2592000"
    );
    const std::string line = opened.header("Set-Cookie");
    const std::string cookie = "Cookie: " + line.substr(0, line.find(';')) + "\r\n";
    const auto who = [&] { return ask(rig.node->port(), "GET", "/v1/session", cookie).status; };
    CHECK(who() == 200);
    const auto closed = ask(rig.node->port(), "DELETE", "/v1/sessions", cookie);
    CHECK(closed.status == 204);
    CHECK(
        closed.header("Set-Cookie") == "hp_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
    );
    CHECK(who() == 401);
    // A signed challenge works once.
    const std::string body = signed_challenge(rig, signer);
    CHECK(ask(rig.node->port(), "POST", "/v1/sessions", "", body).status == 200);
    const auto again = ask(rig.node->port(), "POST", "/v1/sessions", "", body);
    CHECK(again.status == 403);
    CHECK(again.body.find("challenge_unknown") != std::string::npos);
    CHECK(again.header("Set-Cookie").empty());
}
