#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

namespace handprint::test {

namespace {

constexpr const char* kOrigin = "app.example/test";

market::MakeGrant grant_for_an_hour(std::vector<std::string> kinds) {
    market::MakeGrant grant;
    grant.cap = market::Amount{1'000'000};
    grant.currency = "KES";
    grant.expires = app::wall_clock_ms() + 3600LL * 1000;
    grant.kinds = std::move(kinds);
    return grant;
}

record::Json batch_terms() {
    using record::Json;
    return Json::object({
        {"accept_ms", Json(259'200'000)},
        {"bundle_max", Json(10)},
        {"choices",
         Json::array(
             {Json::object({{"label", Json("A")}, {"value", Json("a")}}),
              Json::object({{"label", Json("B")}, {"value", Json("b")}})}
         )},
        {"currency", Json("KES")},
        {"domain", Json("health/information")},
        {"estimate_s", Json(30)},
        {"external", Json("batch")},
        {"fields", Json::array({Json::object({{"label", Json("T")}, {"name", Json("t")}})})},
        {"hazard", Json(0)},
        {"instructions", Json("Read.")},
        {"language", Json("en")},
        {"lease_ms", Json(3'600'000)},
        {"level", Json(0)},
        {"overlap", Json(1)},
        {"price_micros", Json(7'000'000)},
        {"question", Json("Clear?")},
        {"title", Json("A batch")},
    });
}

} // namespace

Rig::Rig(const std::function<void(app::Config&)>& change) {
    config_.data = dir_.path() + "/node";
    config_.port = 0;
    config_.publish_ms = 200;
    if (change) change(config_);
    const auto founded = app::found(
        app::NodeFiles(config_.data),
        {kOrigin, {"KES"}, "quorum none\n", {delegate_.public_key()}, delegate_, {}}
    );
    REQUIRE_MESSAGE(founded, founded.error().what);
    start();
}

void Rig::start() {
    node.reset(); // the one before lets go of its files
    auto running = app::RunningNode::start(config_);
    REQUIRE_MESSAGE(running, running.error().what);
    node = std::move(*running);
}

std::string Rig::refusal() {
    node.reset();
    auto running = app::RunningNode::start(config_);
    if (running) {
        node = std::move(*running);
        return {};
    }
    return running.error().what;
}

client::Signer Rig::newcomer() const {
    return {client::new_key(), "new", kOrigin};
}

client::Signer Rig::member() const {
    client::Signer signer = newcomer();
    client::ApiClient api(address());
    const auto enrolled = api.enrol_member(signer, {"en"});
    REQUIRE_MESSAGE(enrolled, enrolled.error().what);
    return signer;
}

Rig::Requester Rig::requester() const {
    Requester out{newcomer(), {}, 0};
    client::ApiClient api(address());
    REQUIRE(api.register_requester(out.signer, "Tester"));
    const auto key = api.make_api_key(
        out.signer,
        grant_for_an_hour(
            {"accept", "close_batch", "create_batch", "create_project", "import_tasks", "publish"}
        )
    );
    REQUIRE_MESSAGE(key, key.error().what);
    out.headers = "Authorization: Bearer " + *key + "\r\n";
    const auto project = api.create_project("project", "A project");
    REQUIRE_MESSAGE(project, project.error().what);
    const auto batch = api.create_batch(*project, batch_terms());
    REQUIRE_MESSAGE(batch, batch.error().what);
    out.batch = *batch;
    return out;
}

std::string Rig::key_for(const Requester& requester, std::vector<std::string> kinds) const {
    client::ApiClient api(address());
    const auto key = api.make_api_key(requester.signer, grant_for_an_hour(std::move(kinds)));
    REQUIRE_MESSAGE(key, key.error().what);
    return "Authorization: Bearer " + *key + "\r\n";
}

market::Int
Rig::draft(const Requester& requester, market::Int project, const std::string& external) const {
    auto terms = batch_terms();
    terms.set("external", record::Json(external));
    const std::string target = "/v1/projects/" + std::to_string(project) + "/batches";
    const std::string headers = requester.headers + "Content-Type: application/json\r\n";
    const auto made =
        record::Json::parse(ask(address(), "POST", target, headers, terms.encode()).body);
    REQUIRE(made);
    return made->at("batch").integer();
}

client::WireReply
ask(const client::Address& to,
    std::string_view method,
    std::string_view target,
    const std::string& headers,
    std::string_view body) {
    client::Wire wire(to);
    auto reply = wire.exchange(client::request_text(method, target, headers, body));
    if (!reply) return {}; // status 0: no answer came
    return std::move(*reply);
}

std::string session_of(const client::Address& to, const client::Signer& signer) {
    const auto challenge = record::Json::parse(
        ask(to, "POST", "/v1/sessions/challenge", {}, signer.challenge_body()).body
    );
    REQUIRE(challenge);
    const auto body = signer.session_body(challenge->at("challenge").text(), app::wall_clock_ms());
    const auto reply = ask(to, "POST", "/v1/sessions", {}, body);
    REQUIRE(reply.status == 200);
    return "Cookie: " + reply.cookie + "\r\n";
}

bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 2000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

} // namespace handprint::test
