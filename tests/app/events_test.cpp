// Streams of the feed, over HTTP: what is given again, what is not, and when one ends.

#include "ledger/base/base64.hpp"
#include "tests/app/rig.hpp"
#include "tests/http/raw_client.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace handprint;
using namespace handprint::test;

namespace {

RawClient stream(const Rig& rig, const std::string& target, const std::string& headers = {}) {
    RawClient client(rig.node->port());
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
    REQUIRE(client.next(true).status == 200);
    return client;
}

std::size_t listeners(const Rig& rig) {
    return rig.node->node().feed.listeners();
}

} // namespace

TEST_CASE("events: nothing is kept of a stream that has ended, nor of a question about one") {
    Rig rig([](app::Config& config) { config.rate_per_second = 0; });
    RawClient heads(rig.node->port());
    for (int i = 0; i < 20; ++i) {
        heads.send("HEAD /v1/events HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(heads.next(true).status == 200);
    }
    CHECK(listeners(rig) == 0);
    {
        const auto one = stream(rig, "/v1/events");
        auto other = stream(rig, "/v1/events");
        CHECK(listeners(rig) == 2);
        (void)rig.member();
        CHECK(other.receive_until("enrol_member").find("event: enrol_member") != std::string::npos);
    }
    CHECK(soon([&] { return listeners(rig) == 0; }));
}

TEST_CASE("events: after a restart a client is told what it will not be given again") {
    Rig rig;
    for (int i = 0; i < 3; ++i)
        (void)rig.member();
    const auto size = rig.node->node().sequencer.size();
    const std::string last = std::to_string(size - 1);
    auto before = stream(rig, "/v1/events?after=" + std::to_string(size - 3));
    CHECK(before.receive_until("id: " + last).find("event: gap") == std::string::npos);
    rig.stop();
    rig.start();
    auto after = stream(rig, "/v1/events", "Last-Event-ID: " + std::to_string(size - 3) + "\r\n");
    const std::string gap = "id: " + last + "\nevent: gap\ndata: {\"from\":"
                            + std::to_string(size - 2) + ",\"to\":" + last + "}\n";
    CHECK(after.receive_until("}\n").find(gap) != std::string::npos);
    auto same = stream(rig, "/v1/events?after=" + last);
    (void)rig.member();
    CHECK(same.receive_until("id: ").find("event: gap") == std::string::npos);
}

TEST_CASE("events: a stream ends with the session that it was opened in") {
    Rig rig;
    const auto signer = rig.member();
    const auto stranger = rig.member();
    const auto open = [&](const client::Signer& who) { return session_of(rig.address(), who); };
    const std::string cookie = open(signer), other = open(stranger);
    auto ended = stream(rig, "/v1/events", cookie);
    auto stays = stream(rig, "/v1/events", other);
    REQUIRE(ask(rig.address(), "DELETE", "/v1/sessions", cookie).status == 204);
    const auto enrolled = rig.node->node().sequencer.size();
    // Something that concerns the first: a second key of theirs, added by themselves.
    const KeyPair key = client::new_key();
    market::AddKey add;
    add.key = base64_encode(key.public_key());
    add.role = "device";
    client::ApiClient api(rig.address());
    REQUIRE(api.command(signer, add).has_value());
    CHECK(soon([&] { return rig.node->node().sequencer.size() > enrolled; }));
    CHECK(stays.receive_until("add_key").find("event: add_key") != std::string::npos);
    CHECK(ended.receive_until("add_key").find("event: add_key") == std::string::npos);
    CHECK(ended.ended());
}

TEST_CASE("events: one address cannot take all streams") {
    Rig rig([](app::Config& config) {
        config.rate_per_second = 0;
        config.trusted_proxies = "127.0.0.1";
    });
    const std::string cookie = session_of(rig.address(), rig.member());
    std::vector<RawClient> open;
    for (int i = 0; i < 50; ++i)
        open.push_back(stream(rig, "/v1/events", "X-Forwarded-For: 192.0.2.1\r\n"));
    CHECK(ask(rig.address(), "GET", "/v1/events", "X-Forwarded-For: 192.0.2.1\r\n").status == 503);
    open.push_back(stream(rig, "/v1/events", "X-Forwarded-For: 192.0.2.2\r\n"));
    open.push_back(stream(rig, "/v1/events", "X-Forwarded-For: 192.0.2.1\r\n" + cookie));
    CHECK(listeners(rig) == 52);
}
