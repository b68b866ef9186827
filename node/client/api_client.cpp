#include "node/client/api_client.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

namespace handprint::client {

namespace {

Result<Json> parsed(std::string_view text) {
    auto json = Json::parse(text, record::JsonMode::lenient);
    if (!json) return fail("the node's answer: " + record::describe(json.error()));
    return std::move(*json);
}

std::string problem_text(std::string_view method, std::string_view target, const WireReply& reply) {
    std::string text =
        std::string(method) + ' ' + std::string(target) + ": " + std::to_string(reply.status);
    const auto problem = Json::parse(reply.body, record::JsonMode::lenient);
    if (problem && problem->as_object() != nullptr) {
        text += ' ' + problem->text_of("code") + " (" + problem->text_of("detail") + ')';
        if (const auto field = problem->text_of("field"); !field.empty()) text += " at " + field;
    }
    return text;
}

} // namespace

ApiClient::ApiClient(Address node)
    : exchange_([wire = std::make_shared<Wire>(std::move(node))](
                    auto method, auto target, auto headers, auto body
                ) { return wire->exchange(request_text(method, target, headers, body)); }) {}

Result<std::string> ApiClient::call(
    std::string_view method, std::string_view target, std::string_view body, std::string_view type
) {
    std::string headers = auth_;
    if (!body.empty()) headers.append("Content-Type: ").append(type).append("\r\n");
    // A signed command has its own.
    const bool needs_id = method == "POST" && target != "/v1/commands";
    if (needs_id) headers.append("Idempotency-Key: ").append(new_id().hex()).append("\r\n");
    for (int attempt = 0;; ++attempt) {
        auto reply = exchange_(method, target, headers, body);
        answered_ = reply && reply->body.find("\"outcome_unknown\"") == std::string::npos;
        if (!reply) return unexpected(reply.error());
        if (reply->status < 300) {
            if (!reply->cookie.empty()) auth_ = "Cookie: " + reply->cookie + "\r\n";
            return std::move(reply->body);
        }
        // Not now: a full queue or a rate limit. The same bytes again do a thing once.
        const bool later = reply->status == 503 || reply->status == 429;
        if (!later || attempt >= 20) return fail(problem_text(method, target, *reply));
        std::this_thread::sleep_for(std::chrono::milliseconds(100 + 50 * attempt));
    }
}

Result<Json>
ApiClient::json(std::string_view method, std::string_view target, std::string_view body) {
    const auto text = call(method, target, body);
    if (!text) return unexpected(text.error());
    if (text->empty()) return Json::object({});
    return parsed(*text);
}

Result<LedgerState> ApiClient::ledger() {
    const auto answer = json("GET", "/v1/ledger");
    if (!answer) return unexpected(answer.error());
    LedgerState state;
    state.origin = answer->text_of("log");
    state.policy = answer->text_of("policy");
    state.checkpoint = answer->text_of("checkpoint");
    state.log_vkey = answer->text_of("log_vkey");
    state.size = answer->integer_of("size", market::never);
    state.committed = answer->integer_of("committed", market::never);
    if (const Json* sums = answer->find("sums")) state.sums = *sums;
    return state;
}

Result<LedgerState> ApiClient::wait_published(Int index, int timeout_s) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(timeout_s);
    while (true) {
        auto state = ledger();
        if (!state || state->size > index) return state;
        if (std::chrono::steady_clock::now() > end) {
            return fail(
                "entry " + std::to_string(index) + " is not published after "
                + std::to_string(timeout_s) + " s"
            );
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

Result<Done>
ApiClient::command(const Signer& signer, const market::Command& command, Json attachments) {
    auto done = send_command(signer.body(command, std::move(attachments)));
    if (!done) return fail(std::string(market::kind_of(command)) + ": " + done.error().what);
    return done;
}

Result<Done> ApiClient::send_command(const std::string& body) {
    const auto answer = json("POST", "/v1/commands", body);
    unanswered_ = answered_ ? std::string() : body;
    if (!answer) return unexpected(answer.error());
    const Json* promise = answer->find("promise");
    const Json* result = answer->find("result");
    if (promise == nullptr || result == nullptr) return fail("an answer without a promise");
    promises_.push_back(promise->encode());
    return Done{answer->integer_of("index", market::never), promises_.back(), *result};
}

Result<Done> ApiClient::enrol_member(Signer& signer, std::vector<std::string> languages) {
    signer.party = "new";
    auto done = command(signer, market::EnrolMember{signer.key_text(), std::move(languages), {}});
    if (done)
        signer.party = "m:" + std::to_string(done->result.integer_of("member", market::never));
    return done;
}

Result<Done> ApiClient::register_requester(Signer& signer, const std::string& name) {
    signer.party = "new";
    auto done = command(
        signer, market::RegisterRequester{signer.key_text()}, Json::object({{"name", Json(name)}})
    );
    if (done)
        signer.party = "r:" + std::to_string(done->result.integer_of("requester", market::never));
    return done;
}

Result<void> ApiClient::open_session(const Signer& signer) {
    auth_.clear();
    const auto challenge = json("POST", "/v1/sessions/challenge", signer.challenge_body());
    if (!challenge) return unexpected(challenge.error());
    const auto body = signer.session_body(challenge->text_of("challenge"), now_ms());
    const auto opened = json("POST", "/v1/sessions", body);
    if (!opened) return unexpected(opened.error());
    if (opened->text_of("party") != signer.party) return fail("a session of somebody else");
    return {};
}

Result<Hash> ApiClient::reference_salt(const Signer& delegate) {
    if (auto ok = open_session(delegate); !ok) return unexpected(ok.error());
    const auto answer = json("GET", "/v1/reference-salt");
    if (!answer) return unexpected(answer.error());
    const Json* salt = answer->find("salt");
    if (salt == nullptr) return fail("no salt in the node's answer");
    return record::hash_from_json(*salt);
}

Result<std::string> ApiClient::make_api_key(const Signer& signer, market::MakeGrant grant) {
    if (auto ok = open_session(signer); !ok) return unexpected(ok.error());
    const auto agent = json("POST", "/v1/agents", "{}");
    if (!agent) return unexpected(agent.error());
    grant.key = agent->text_of("key");
    const auto granted = command(signer, grant);
    if (!granted) return unexpected(granted.error());
    const Json ask = Json::object({{"grant", Json(granted->index)}, {"label", Json("client")}});
    const auto made = json("POST", "/v1/api-keys", ask.encode());
    if (!made) return unexpected(made.error());
    std::string key = made->text_of("api_key");
    use_key(key);
    return key;
}

void ApiClient::use_key(const std::string& api_key) {
    auth_ = "Authorization: Bearer " + api_key + "\r\n";
}

Result<Int> ApiClient::made(const Result<Json>& answer, const char* what) {
    if (!answer) return unexpected(answer.error());
    const Json* result = answer->find("result");
    const Int number = (result != nullptr ? *result : *answer).integer_of(what, market::never);
    if (number < 0) return fail(std::string("no ") + what + " in the answer");
    return number;
}

Result<Int> ApiClient::create_project(const std::string& external, const std::string& title) {
    const Json body = Json::object({
        {"description", Json("")},
        {"external", Json(external)},
        {"title", Json(title)},
    });
    return made(json("POST", "/v1/projects", body.encode()), "project");
}

Result<Int> ApiClient::create_batch(Int project, const Json& batch) {
    const std::string target = "/v1/projects/" + std::to_string(project) + "/batches";
    return made(json("POST", target, batch.encode()), "batch");
}

Result<Json>
ApiClient::import_tasks(Int batch, std::string_view jsonl, std::chrono::milliseconds patience) {
    const std::string target = "/v1/batches/" + std::to_string(batch) + "/tasks";
    const auto text = call("POST", target, jsonl, "application/jsonl");
    if (!text) return unexpected(text.error());
    auto answer = parsed(*text);
    const Json* sealed = answer ? answer->find("sealed") : nullptr;
    if (sealed == nullptr || *sealed == Json(true)) return answer;
    const std::string about = "/v1/batches/" + std::to_string(batch);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (true) {
        const auto now = json("GET", about);
        if (!now) return unexpected(now.error());
        const std::string state = now->text_of("state");
        if (state == "closed") return fail("the batch was closed before all its tasks were in");
        if (state != "importing") return answer;
        if (std::chrono::steady_clock::now() >= end) {
            return fail(
                "batch " + std::to_string(batch) + " is still importing after "
                + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(patience).count())
                + " s; it goes on without this program, and closing the batch gives it up"
            );
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
}

Result<Json> ApiClient::batch_action(Int batch, std::string_view action) {
    return json("POST", "/v1/batches/" + std::to_string(batch) + '/' + std::string(action), "{}");
}

Result<Int> ApiClient::accept_all(Int batch) {
    const std::string target = "/v1/batches/" + std::to_string(batch) + "/accept";
    const auto answer = json("POST", target, R"({"all":true})");
    if (!answer) return unexpected(answer.error());
    return answer->integer_of("accepted", market::never);
}

Result<ApiClient::Claimed> ApiClient::claim(Int batch, Int count, std::span<const Int> tasks) {
    Json ask = Json::object({{"batch", Json(batch)}, {"count", Json(count)}});
    if (!tasks.empty()) {
        Json::Array wanted;
        for (const Int task : tasks)
            wanted.push_back(Json(task));
        ask.set("tasks", Json(std::move(wanted)));
    }
    const auto text = call("POST", "/v1/claims", ask.encode());
    if (!text) return unexpected(text.error());
    // Contents are the requester's own JSON, which may hold what ours does not (fractions).
    const auto answer = nlohmann::json::parse(*text, nullptr, false);
    const auto list = answer.is_object() ? answer.find("tasks") : answer.end();
    if (!answer.is_object() || list == answer.end()) return fail("a claim without tasks");
    const auto terms = base64_to_array<32>(answer.value("terms", std::string{}));
    if (!terms) return fail("a claim without terms");
    Claimed claimed;
    claimed.terms = *terms;
    for (const auto& item : *list)
        claimed.tasks.push_back(item.value("task", market::never));
    return claimed;
}

std::string submission_body(
    const Signer& signer, Int batch, const Hash& terms, std::vector<SaltedAnswer> answers
) {
    std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) {
        return a.ref.task < b.ref.task;
    });
    market::Submit submit;
    submit.batch = batch;
    submit.terms = terms;
    Json::Array attached;
    for (auto& answer : answers) {
        submit.answers.push_back(std::move(answer.ref));
        attached.push_back(std::move(answer.attachment));
    }
    return signer.body(submit, Json::object({{"answers", Json(std::move(attached))}}));
}

Result<Done> ApiClient::submit(
    const Signer& signer, Int batch, const Hash& terms, std::vector<SaltedAnswer> answers
) {
    auto done = send_command(submission_body(signer, batch, terms, std::move(answers)));
    if (!done) return fail("submit: " + done.error().what);
    return done;
}

Result<std::string> ApiClient::payslip(Int period) {
    return call("GET", "/v1/me/payslips/" + std::to_string(period));
}

} // namespace handprint::client
