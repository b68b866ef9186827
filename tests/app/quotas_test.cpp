#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;
using namespace handprint::test;

namespace {

/// Twenty at once.
void four_a_second(app::Config& config) {
    config.rate_per_second = 4;
    config.address_rate_per_second = 1000;
}

/// How many of so many are let through before the first 429.
template <class F>
int passed(int most, F&& one) {
    for (int i = 0; i < most; ++i) {
        if (one() == 429) return i;
    }
    return most;
}

} // namespace

TEST_CASE("a member's sessions and signed commands share an account, and hurt no other member's") {
    Rig rig(four_a_second);
    const auto flooding = rig.member();
    const auto other = rig.member();
    const auto to = rig.address();
    const auto cookie = session_of(to, flooding);
    const auto others_cookie = session_of(to, other);
    const int let_through = passed(10'000, [&] { return ask(to, "GET", "/v1/me", cookie).status; });
    CHECK(let_through >= 20);
    CHECK(let_through < 10'000);
    market::AddKey add{other.key_text(), "device"};
    CHECK(
        passed(1000, [&] { return ask(to, "POST", "/v1/commands", {}, flooding.body(add)).status; })
        < 1000
    );
    CHECK(ask(to, "GET", "/v1/me", others_cookie).status == 200);
    // In the name of the one who floods, but signed by the other: the signer's account.
    client::Signer posing = other;
    posing.party = flooding.party;
    CHECK(ask(to, "POST", "/v1/commands", {}, posing.body(add)).status == 403);
    CHECK(ask(to, "GET", "/v1/ledger").status == 200);
    CHECK(soon([&] { return ask(to, "GET", "/v1/me", cookie).status == 200; }));
    CHECK(
        ask(to, "GET", "/metrics").body.find("handprint_rate_limited_total{by=\"principal\"} ")
        != std::string::npos
    );
}

TEST_CASE("a requester whose program floods can still revoke its key") {
    Rig rig(four_a_second);
    const auto requester = rig.requester();
    const auto to = rig.address();
    CHECK(
        passed(10'000, [&] { return ask(to, "GET", "/v1/money", requester.headers).status; })
        < 10'000
    );
    const auto cookie = session_of(to, requester.signer);
    const auto listed = record::Json::parse(ask(to, "GET", "/v1/api-keys", cookie).body);
    REQUIRE(listed);
    const std::string id = listed->at("api_keys").items().front().at("id").text();
    CHECK(ask(to, "DELETE", "/v1/api-keys/" + id, cookie).status == 204);
    CHECK(ask(to, "GET", "/v1/money", requester.headers).status == 401);
}

TEST_CASE("an address that sends broken signatures is kept from the commands, not from the rest") {
    Rig rig([](app::Config& config) { config.address_rate_per_second = 4; });
    const auto member = rig.member();
    const auto to = rig.address();
    const auto cookie = session_of(to, member);
    std::string broken = member.body(market::AddKey{member.key_text(), "device"});
    const std::size_t signature = broken.find("\"sig\":\"") + 8;
    broken[signature] = broken[signature] == 'A' ? 'B' : 'A';
    CHECK(ask(to, "POST", "/v1/commands", {}, broken).status == 422);
    CHECK(
        passed(10'000, [&] { return ask(to, "POST", "/v1/commands", {}, broken).status; }) < 10'000
    );
    CHECK(ask(to, "GET", "/v1/me", cookie).status == 200);
    CHECK(soon([&] { return ask(to, "POST", "/v1/commands", {}, broken).status == 422; }));
}
