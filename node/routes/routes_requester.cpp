// Doors of a requester: projects, batches, price, publishing, refunds.

#include "ledger/base/decimal.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/json_codec.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/acting.hpp"
#include "node/routes/batch_views.hpp"
#include "node/routes/content.hpp"
#include "node/routes/externals.hpp"
#include "node/routes/member_views.hpp"

#include <algorithm>
#include <array>

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

Response missing(std::string field, std::string rule) {
    return respond(api::bad_request("missing", std::move(field), std::move(rule)));
}

Response bad_text(std::string field, const std::string& most) {
    return respond(
        api::bad_request("bad_text", std::move(field), "Text of 1 to " + most + " printable bytes.")
    );
}

Response bad_argument(const std::string& field, const std::string& what) {
    return respond(api::bad_request("bad_argument", field, field + ' ' + what));
}

void create_project(Node& node, Request request, http::Reply reply) {
    const auto body = read_body(request, {"description", "external", "title"});
    if (!body) return reply(body.error());
    const std::string title = body->text_of("title");
    if (!api::is_plain_text(title, 200)) return reply(bad_text("title", "200"));
    const auto description = optional_text(*body, "description");
    if (!description) return reply(description.error());
    if (!description->empty() && !api::is_plain_text(*description, 16'000, true))
        return reply(bad_text("description", "16,000"));
    const Json document = Json::object({
        {"description", Json(*description)},
        {"title", Json(title)},
    });
    record::Salt salt{};
    node.vault.fill(salt);
    // The salt follows from the id, so that a retry signs the same bytes.
    if (const auto id = request.headers.get("Idempotency-Key"); !id.empty())
        salt = node.vault.document_salt(request.principal->party, id);
    const std::string bytes = document.encode();
    const std::string external = body->text_of("external");
    const auto hash = external_hash(node, request.principal->party, "project", external);
    if (!hash) return reply(hash.error());
    auto job = act(node, request, market::CreateProject{record::commit(salt, bytes), *hash});
    if (!job) return reply(job.error());
    job->notes.push_back({"project", "#", Content::project_note(document, salt)});
    job->notes.push_back(Content::external_note("project", external));
    run_flat(node, std::move(*job), std::move(reply));
}

/// What of the terms is told to members and is no argument of the command.
constexpr std::array<std::string_view, 5> batch_words = {
    "title", "instructions", "question", "choices", "fields"
};

/// The terms document of a batch made from a request: its numbers and its words.
Result<std::pair<market::CreateBatch, Json>, Response>
read_batch(Node& node, const Json& body, Int project) {
    // Both hashes are set below; the requester's own name is no part of the terms.
    Json args = Json::object({
        {"external", record::to_json(Hash{})},
        {"project", Json(project)},
        {"terms", record::to_json(Hash{})},
    });
    for (const auto& member : body.members()) {
        if (args.find(member.key) != nullptr && member.key != "external") {
            return unexpected(respond(not_known(member.key)));
        }
        const bool words =
            std::find(batch_words.begin(), batch_words.end(), member.key) != batch_words.end();
        if (!words && member.key != "external") args.set(member.key, member.value);
    }
    auto command = market::command_from_json(market::CreateBatch::kind, args);
    if (!command) {
        return unexpected(bad_argument(command.error().field, command.error().what));
    }
    auto batch = std::get<market::CreateBatch>(*command);
    Json terms = args;
    for (const std::string_view name : batch_words) {
        const Json* value = body.find(name);
        if (value == nullptr)
            return unexpected(missing(std::string(name), "A batch says what is to be done."));
        terms.set(std::string(name), *value);
    }
    if (auto form = api::TaskForm::read(terms, {}, node.domains); !form) {
        auto& fault = form.error();
        return unexpected(respond(
            api::bad_request(std::move(fault.code), std::move(fault.field), std::move(fault.detail))
        ));
    }
    const auto document = node.content.project(project);
    terms.set("project_title", Json(document ? document->text_of("title") : std::string{}));
    Json shown = Json::object({});
    for (const auto& member : terms.members()) {
        if (member.key != "terms" && member.key != "external") shown.set(member.key, member.value);
    }
    batch.terms = record::terms_hash(shown.encode());
    return std::pair{std::move(batch), std::move(shown)};
}

void create_batch(Node& node, Request request, http::Reply reply) {
    const auto body = read_object(request); // read_batch() knows its members
    if (!body) return reply(body.error());
    const auto project = natural(request.param("p"));
    if (!project) return reply(respond(api::not_found("no_such_project", "No such project.")));
    auto batch = read_batch(node, *body, *project);
    if (!batch) return reply(batch.error());
    const std::string external = body->text_of("external");
    const auto hash = external_hash(node, request.principal->party, "batch", external);
    if (!hash) return reply(hash.error());
    batch->first.external = *hash;
    auto job = act(node, request, std::move(batch->first));
    if (!job) return reply(job.error());
    job->notes.push_back(Content::external_note("batch", external));
    job->notes.push_back({"terms", "#", to_bytes(as_bytes(batch->second.encode()))});
    run_flat(node, std::move(*job), std::move(reply));
}

template <class C>
void act_on_batch(Node& node, Request request, http::Reply reply) {
    const auto number = natural(request.param("b"));
    if (!number) return reply(respond(api::not_found("no_such_batch", "No such batch.")));
    if (auto told = refuse_body(request)) return reply(std::move(*told));
    auto job = act(node, request, C{*number});
    if (!job) return reply(job.error());
    run_flat(node, std::move(*job), std::move(reply));
}

Response money(Node& node, const Request& request) {
    const auto requester = requester_of(request);
    if (!requester) return requester.error();
    if (auto late = check_seq(node, request)) return std::move(*late);
    std::vector<std::string> accounts{"escrow/" + request.principal->party};
    const auto read =
        pipeline::for_each_row<market::BatchRow>(node.store, {}, 0, [&](const auto& b) {
            if (b.requester == *requester) accounts.push_back("hold/b:" + std::to_string(b.batch));
        });
    if (!read) return busy();
    return respond_json(Json::object({{"balances", balances_json(node, accounts)}}));
}

Response projects(Node& node, const Request& request) {
    const auto requester = requester_of(request);
    if (!requester) return requester.error();
    if (auto late = check_seq(node, request)) return std::move(*late);
    const auto page = query_page(request, "after", {INT64_MAX, 50}, 200);
    if (!page) return page.error();
    return respond_json(projects_json(node, *requester, *page));
}

void refund(Node& node, Request request, http::Reply reply) {
    const auto body = read_body(request, {"amount", "currency"});
    if (!body) return reply(body.error());
    const auto amount = parse_i64(body->text_of("amount"));
    if (!amount)
        return reply(respond(api::bad_request("bad_amount", "amount", "A decimal string.")));
    auto job =
        act(node, request, market::Refund{market::Amount{*amount}, body->text_of("currency")});
    if (!job) return reply(job.error());
    run_flat(node, std::move(*job), std::move(reply));
}

template <void (*handler)(Node&, Request, http::Reply)>
auto async(Node& node) {
    return [&node](Request request, http::Reply reply) {
        handler(node, std::move(request), std::move(reply));
    };
}

} // namespace

void add_requester_routes(http::Router& router, Node& node) {
    router.add<auth::requester>(Method::post, "/v1/projects", async<create_project>(node));
    router.add<auth::requester>(
        Method::post, "/v1/projects/{p}/batches", async<create_batch>(node)
    );
    router.add<auth::requester>(
        Method::post, "/v1/batches/{b}/publish", async<act_on_batch<market::Publish>>(node)
    );
    router.add<auth::requester>(
        Method::post, "/v1/batches/{b}/close", async<act_on_batch<market::CloseBatch>>(node)
    );
    router.add<auth::requester>(Method::post, "/v1/refunds", async<refund>(node));
    router.add<auth::requester>(Method::get, "/v1/money", [&node](const Request& r) {
        return money(node, r);
    });
    router.add<auth::requester>(
        Method::get,
        "/v1/projects",
        [&node](const Request& r) { return projects(node, r); },
        {.query = {"after", "limit"}}
    );
    router.add<auth::requester>(Method::get, "/v1/batches/{b}", [&node](const Request& r) {
        const auto batch = own_batch(node, r);
        return batch ? respond_json(batch_json(node, *batch)) : batch.error();
    });
    router.add<auth::requester>(Method::get, "/v1/batches/{b}/quote", [&node](const Request& r) {
        const auto batch = own_batch(node, r);
        return batch ? respond_json(quote_json(node, *batch)) : batch.error();
    });
}

} // namespace handprint::routes
