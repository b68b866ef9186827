#include "node/tools/bench_market.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "node/client/key_file.hpp"
#include "node/market/reference.hpp"
#include "node/tools/machine.hpp"

#include <atomic>
#include <chrono>
#include <thread>

namespace handprint::tools {

using record::Json;

namespace {

constexpr std::size_t sharing = 3; // members that do the same tasks
constexpr const char* currency = "KES";

std::string json_post(std::string_view target, const std::string& cookie, std::string_view body) {
    std::string headers = "Content-Type: application/json\r\n";
    if (!cookie.empty()) headers += "Cookie: " + cookie + "\r\n";
    return client::request_text("POST", target, headers, body);
}

Json batch_request(const std::string& name) {
    return Json::object({
        {"accept_ms", Json(14LL * 24 * 3600 * 1000)},
        {"bundle_max", Json(50)},
        {"choices",
         Json::array(
             {Json::object({{"label", Json("yes")}, {"value", Json("yes")}}),
              Json::object({{"label", Json("no")}, {"value", Json("no")}})}
         )},
        {"currency", Json(currency)},
        {"domain", Json("language")},
        {"estimate_s", Json(12)},
        {"external", Json(name)},
        {"fields", Json::array({Json::object({{"label", Json("Text")}, {"name", Json("text")}})})},
        {"hazard", Json(0)},
        {"instructions", Json("Read the sentence.")},
        {"language", Json("en")},
        {"lease_ms", Json(24LL * 3600 * 1000)},
        {"level", Json(0)},
        {"overlap", Json(sharing)},
        {"price_micros", Json(1'000'000)},
        {"question", Json("Is it clear?")},
        {"title", Json(name)},
    });
}

std::string tasks_jsonl(Int batch, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += R"({"id":"b)" + std::to_string(batch) + "-" + std::to_string(i)
                + R"(","text":"A sentence to be read, number )" + std::to_string(i) + ".\"}\n";
    }
    return text;
}

} // namespace

void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& one) {
    std::atomic<std::size_t> next{0};
    std::vector<std::thread> running;
    for (unsigned t = 0; t < cores(); ++t) {
        running.emplace_back([&] {
            for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1))
                one(i);
        });
    }
    for (auto& thread : running)
        thread.join();
}

BenchMarket::BenchMarket(client::Address node, std::size_t connections)
    : node_(std::move(node)), connections_(connections), api_(node_) {}

Result<void> BenchMarket::send(const std::vector<std::string>& requests, LoadOptions options) {
    options.connections = connections_;
    const auto done = drive(node_, requests, options);
    if (!done) return unexpected(done.error());
    if (done->failed != 0) {
        return fail(
            std::to_string(done->failed) + " requests failed, the first: " + done->first_failure
        );
    }
    return {};
}

Result<void> BenchMarket::enrol(std::size_t members) {
    const auto ledger = api_.ledger();
    if (!ledger) return unexpected(ledger.error());
    origin_ = ledger->origin;
    for (std::size_t i = 0; i < members; ++i) {
        members_.push_back({{client::new_key(), "new", origin_}, {}});
    }
    std::vector<std::string> requests(members);
    on_all_cores(members, [&](std::size_t i) {
        const auto& signer = members_[i].signer;
        const auto body = signer.body(market::EnrolMember{signer.key_text(), {"en"}, {}});
        requests[i] = json_post("/v1/commands", {}, body);
    });
    auto sent = send(requests, {.on_answer = [&](std::size_t i, auto, std::string_view body) {
                         members_[i].signer.party =
                             "m:" + std::string(value_after(body, R"("member":)"));
                     }});
    if (!sent) return sent;
    on_all_cores(members, [&](std::size_t i) {
        const auto body = members_[i].signer.challenge_body();
        requests[i] = json_post("/v1/sessions/challenge", {}, body);
    });
    std::vector<std::string> challenges(members);
    sent = send(requests, {.on_answer = [&](std::size_t i, auto, auto body) {
                    challenges[i] = value_after(body, R"("challenge":)");
                }});
    if (!sent) return sent;
    const auto now = client::now_ms();
    on_all_cores(members, [&](std::size_t i) {
        const auto body = members_[i].signer.session_body(challenges[i], now);
        requests[i] = json_post("/v1/sessions", {}, body);
    });
    return send(requests, {.on_answer = [&](std::size_t i, std::string_view head, auto) {
                    members_[i].cookie = value_after(head, "Set-Cookie: ");
                }});
}

Int BenchMarket::first_task(std::size_t member, Int each) const {
    return static_cast<Int>(member / sharing) * each;
}

Result<BenchBatch>
BenchMarket::publish_and_claim(const KeyPair& delegate, const std::string& name, Int each) {
    if (!requester_) {
        requester_ =
            std::make_unique<client::Signer>(client::Signer{client::new_key(), "new", origin_});
        if (auto ok = api_.register_requester(*requester_, "Bench"); !ok)
            return unexpected(ok.error());
        market::MakeGrant grant;
        grant.cap = market::Amount{1'000'000'000'000};
        grant.currency = currency;
        grant.expires = 4'000'000'000'000;
        grant.kinds = {"create_batch", "create_project", "import_tasks", "publish"};
        if (auto key = api_.make_api_key(*requester_, grant); !key) return unexpected(key.error());
        const auto project = api_.create_project("bench", "Bench");
        if (!project) return unexpected(project.error());
        project_ = *project;
    }
    const auto number = api_.create_batch(project_, batch_request(name));
    if (!number) return unexpected(number.error());
    const std::size_t groups = (members_.size() + sharing - 1) / sharing;
    const auto imported =
        api_.import_tasks(*number, tasks_jsonl(*number, groups * static_cast<std::size_t>(each)));
    if (!imported) return unexpected(imported.error());
    const auto quote = api_.json("GET", "/v1/batches/" + std::to_string(*number) + "/quote");
    if (!quote) return unexpected(quote.error());
    const auto total = parse_i64(quote->at("total").text());
    if (!total) return fail("no total in a quote");
    const client::Signer treasurer{delegate, "d:0", origin_};
    const auto funded = api_.command(
        treasurer,
        market::Fund{
            market::Amount{*total},
            currency,
            market::reference_hash({}, "bench " + std::to_string(*number)).value(),
            std::stoll(requester_->party.substr(2))
        }
    );
    if (!funded) return unexpected(funded.error());
    if (auto ok = api_.batch_action(*number, "publish"); !ok) return unexpected(ok.error());

    BenchBatch batch{*number, {}, each};
    std::vector<std::string> requests(members_.size());
    on_all_cores(members_.size(), [&](std::size_t i) {
        std::string tasks;
        for (Int t = 0; t < each; ++t) {
            tasks += (t == 0 ? "" : ",") + std::to_string(first_task(i, each) + t);
        }
        const std::string ask = "{\"batch\":" + std::to_string(*number) + ",\"count\":"
                                + std::to_string(each) + ",\"tasks\":[" + tasks + "]}";
        requests[i] = json_post("/v1/claims", members_[i].cookie, ask);
    });
    std::string terms;
    auto claimed = send(requests, {.on_answer = [&](std::size_t, auto, std::string_view body) {
                            if (terms.empty()) terms = value_after(body, R"("terms":)");
                        }});
    if (!claimed) return unexpected(claimed.error());
    const auto hash = base64_to_array<32>(terms);
    if (!hash) return fail("terms of a claim: " + hash.error().what);
    batch.terms = *hash;
    return batch;
}

Result<Int> BenchMarket::import_draft(const std::string& name, std::size_t rows) {
    auto number = api_.create_batch(project_, batch_request(name));
    if (!number) return number;
    const auto imported = api_.import_tasks(*number, tasks_jsonl(*number, rows));
    if (!imported) return unexpected(imported.error());
    return number;
}

std::string
BenchMarket::submission(std::size_t member, const BenchBatch& batch, Int from, Int count) const {
    std::vector<client::SaltedAnswer> answers;
    for (Int t = from; t < from + count; ++t) {
        answers.push_back(client::salted_answer(
            first_task(member, batch.each) + t,
            t % 3 == 0 ? R"({"value":"yes"})" : R"({"value":"no"})"
        ));
    }
    const auto& signer = members_[member].signer;
    const auto body =
        client::submission_body(signer, batch.number, batch.terms, std::move(answers));
    return json_post("/v1/commands", {}, body);
}

std::vector<std::string> BenchMarket::singles(const BenchBatch& batch) const {
    std::vector<std::string> requests(members_.size() * static_cast<std::size_t>(batch.each));
    on_all_cores(requests.size(), [&](std::size_t i) {
        const auto task = static_cast<Int>(i / members_.size());
        requests[i] = submission(i % members_.size(), batch, task, 1);
    });
    return requests;
}

std::vector<std::string> BenchMarket::bundles(const BenchBatch& batch) const {
    std::vector<std::string> requests(members_.size());
    on_all_cores(requests.size(), [&](std::size_t i) {
        requests[i] = submission(i, batch, 0, batch.each);
    });
    return requests;
}

} // namespace handprint::tools
