// Who is let in, before a body is read. Without a socket.

#include "node/http/gate.hpp"
#include "node/http/server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace handprint;
using namespace handprint::http;

namespace {

/// Takes "good" and nothing else.
struct OneOfEach : Authenticator {
    static Problem refused() {
        return {401, "unauthenticated", "No", "Not known here.", Retry::never, 0};
    }

    Result<Principal, Problem> session(std::string_view value) override {
        if (value != "good") return unexpected(refused());
        return Principal{Principal::Kind::session, "m:1", std::nullopt, ""};
    }

    Result<Principal, Problem> key(std::string_view value) override {
        if (value != "good") return unexpected(refused());
        return Principal{Principal::Kind::key, "r:3", 7, ""};
    }
};

Response fine(const Request&) {
    return Response::text("x");
}

Router routes() {
    Router router;
    router.add<auth::none>(Method::get, "/open/{name}", fine)
        .add<auth::session>(Method::get, "/me", fine)
        .add<auth::session>(Method::post, "/me", fine)
        .add<auth::key>(Method::get, "/key", fine)
        .add<auth::any>(Method::get, "/anyone", fine);
    return router;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Asked {
    Request request;
    std::string route; // the request's own is the gate's
    int status = 200;
};

Asked ask(
    Method method,
    const std::string& target,
    const Headers& headers,
    bool with_authenticator = true,
    const std::string& peer = "10.0.0.1"
) {
    OneOfEach known;
    ServerConfig config;
    config.trusted_proxies = {"10.0.0.1"};
    ServerParts parts;
    if (with_authenticator) parts.authenticator = &known;
    Gate gate(routes(), parts, config);
    Asked asked;
    asked.request.method = method;
    asked.request.peer = peer;
    for (const auto& [name, value] : headers)
        asked.request.headers.add(name, value);
    const auto verdict = gate.admit(asked.request, target, Quotas::Clock::time_point());
    asked.route = asked.request.route;
    if (verdict.refusal) asked.status = verdict.refusal->status;
    return asked;
}

std::string peer_behind_proxy(const std::string& forwarded) {
    return ask(Method::get, "/open/x", {{"X-Forwarded-For", forwarded}}).request.peer;
}

} // namespace

TEST_CASE("gate: a request knows the pattern that it matched") {
    CHECK(ask(Method::get, "/open/x", {}).route == "/open/{name}");
    CHECK(ask(Method::get, "/nowhere", {}).route.empty());
}

TEST_CASE("gate: only a bearer's word is a key, however the header is spelt") {
    const auto with = [](const char* value) {
        return ask(Method::get, "/key", {{"Authorization", value}}).status;
    };
    CHECK(with("Bearer good") == 200);
    CHECK(with("bEARER   good") == 200);
    CHECK(with("Digest good") == 401); // as many letters
    CHECK(with("good") == 401);
    CHECK(with("Bearer") == 401);
    CHECK(with("Bearer ") == 401);
    CHECK(with("") == 401);
    CHECK(ask(Method::get, "/anyone", {{"Authorization", "Digest good"}}).status == 401);
}

TEST_CASE("gate: without anybody who knows credentials, none is good") {
    CHECK(ask(Method::get, "/me", {{"Cookie", "hp_session=good"}}, false).status == 401);
    CHECK(ask(Method::get, "/key", {{"Authorization", "Bearer good"}}, false).status == 401);
    CHECK(ask(Method::get, "/anyone", {}, false).status == 200);
}

TEST_CASE("gate: a cookie changes nothing for another site") {
    const auto posted = [](Headers headers) {
        headers.emplace_back("Cookie", "hp_session=good");
        headers.emplace_back("Host", "coop.example:8080");
        return ask(Method::post, "/me", headers).status;
    };
    CHECK(posted({}) == 200);
    CHECK(posted({{"Origin", "https://coop.example:8080"}}) == 200);
    CHECK(posted({{"Origin", "https://coop.example"}}) == 403);
    CHECK(posted({{"Origin", "coop.example:8080"}}) == 403); // no scheme
    CHECK(posted({{"Sec-Fetch-Site", "none"}}) == 200);      // typed by hand
    CHECK(posted({{"Sec-Fetch-Site", "same-site"}}) == 403);
    // What the browser says of the site is believed before the origin.
    CHECK(
        posted({{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://coop.example:8080"}}) == 403
    );
    const Headers elsewhere{{"Cookie", "hp_session=good"}, {"Sec-Fetch-Site", "cross-site"}};
    CHECK(ask(Method::get, "/me", elsewhere).status == 200);
    CHECK(ask(Method::head, "/me", elsewhere).status == 200); // reads only
}

TEST_CASE("gate: a trusted proxy says who asks, and nothing that is no address") {
    CHECK(peer_behind_proxy("192.0.2.7") == "192.0.2.7");
    CHECK(peer_behind_proxy("6.6.6.6,192.0.2.7") == "192.0.2.7");
    CHECK(peer_behind_proxy("6.6.6.6,   192.0.2.7") == "192.0.2.7");
    CHECK(peer_behind_proxy("") == "10.0.0.1");
    CHECK(peer_behind_proxy("6.6.6.6, ") == "10.0.0.1");
    CHECK(peer_behind_proxy(std::string(45, '1')) == std::string(45, '1'));
    CHECK(peer_behind_proxy(std::string(46, '1')) == "10.0.0.1");
    const Headers said{{"X-Forwarded-For", "192.0.2.7"}, {"X-Forwarded-Proto", "https"}};
    CHECK(ask(Method::get, "/open/x", said).request.secure);
    const auto stranger = ask(Method::get, "/open/x", said, true, "10.0.0.2");
    CHECK(stranger.request.peer == "10.0.0.2");
    CHECK_FALSE(stranger.request.secure);
}

TEST_CASE("gate: a path that cannot be decoded is no request") {
    CHECK(ask(Method::get, "/open/%41", {}).status == 200);
    for (const char* bad : {"/open/%", "/open/%4", "/open/%4g", "/open/%00"})
        CHECK_MESSAGE(ask(Method::get, bad, {}).status == 400, bad);
    CHECK(ask(Method::get, "open/x", {}).status == 400);
    CHECK(ask(Method::get, "/open/x?a=%", {}).status == 400);
    CHECK(ask(Method::get, "/open/x", {{"Host", "a"}, {"Host", "b"}}).status == 400);
    CHECK(ask(Method::get, "http://elsewhere/open/x", {}).request.path == "/open/x");
    CHECK(ask(Method::get, "/nothing", {}).status == 404);
    CHECK(ask(Method::post, "/open/x", {}).status == 405);
}
