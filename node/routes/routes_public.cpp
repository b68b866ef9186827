// What everybody may see: the ledger page's data, entries, taxonomy, policy; beside it what members
// or delegates may see of the same; and the demo's helpers.

#include "api/docs_page.hpp"
#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/fields.hpp"
#include "node/http/log_files.hpp"
#include "node/http/peers.hpp"
#include "node/market/decide.hpp"
#include "node/market/parties.hpp"
#include "node/market/reference.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/acting.hpp"
#include "node/routes/coop_parts.hpp"

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

Response ledger(Node& node) {
    const auto published = node.publisher.published();
    Json::Array witnesses;
    for (const auto& witness : published.witnesses) {
        witnesses.push_back(Json::object({
            {"name", Json(witness.witness)},
            {"time", Json(static_cast<Int>(witness.unix_seconds) * 1000)},
        }));
    }
    Json::Array sums;
    const auto read =
        pipeline::for_each_row<market::ClassRow>(node.store, {}, 0, [&](const auto& c) {
            sums.push_back(Json::object({
                {"amount", record::amount_to_json(c.debits - c.credits)},
                {"class", Json(c.name)},
                {"currency", Json(c.currency)},
            }));
        });
    if (!read) return busy();
    return respond_json(Json::object({
        {"checkpoint", Json(published.checkpoint)},
        {"committed", Json(node.sequencer.size())},
        {"log", Json(node.origin)},
        {"log_vkey", Json(node.log_vkey)},
        {"policy", Json(node.policy)},
        {"promise_key", Json(base64_encode(node.promise_key.public_key()))},
        {"published", Json(published.time)},
        {"root", record::to_json(published.root)},
        {"size", Json(published.size)},
        {"sums", Json(std::move(sums))},
        {"witnesses", Json(std::move(witnesses))},
    }));
}

Response entries(Node& node, const Request& request) {
    const auto page = query_page(request, "from", {0, 50}, 1000);
    if (!page) return page.error();
    const auto found = node.store.entries(page->from, page->limit);
    if (!found) return busy();
    Json::Array list;
    for (const auto& entry : *found) {
        list.push_back(Json::object({{"header", Json(entry.header)}, {"index", Json(entry.index)}})
        );
    }
    return respond_json(Json::object({
        {"entries", Json(std::move(list))},
        {"size", Json(node.sequencer.size())},
    }));
}

/// Members may open the coop part of every entry, and so may the delegates whom they have named.
Response coop_parts(Node& node, const Request& request) {
    const auto& party = request.principal->party;
    if (market::ordinal_of(party, 'm') == market::never
        && market::ordinal_of(party, 'd') == market::never) {
        return respond(market::Refusal{
            market::Family::denied,
            "not_a_member",
            "The coop parts of entries are for members and delegates.",
            {}
        });
    }
    if (auto late = check_seq(node, request)) return std::move(*late);
    const auto page = query_page(request, "from", {0, 50}, 1000);
    if (!page) return page.error();
    const auto json = coop_parts_json(node.store, node.sequencer.size(), *page);
    return json ? respond_json(*json) : busy();
}

Response rules(Node& node) {
    const Int now = node.clock();
    Json::Array list;
    const auto read =
        pipeline::for_each_row<market::RuleRow>(node.store, {}, 0, [&](const auto& rule) {
            Json item =
                Json::object({{"name", Json(rule.name)}, {"value", Json(market::rule(rule, now))}});
            if (rule.next_from != market::never && rule.next_from > now) {
                item.set("next_from", Json(rule.next_from));
                item.set("next_value", Json(rule.next_value));
            }
            list.push_back(std::move(item));
        });
    if (!read) return busy();
    return respond_json(Json::object({{"rules", Json(std::move(list))}}));
}

const char* state_name(Int state) {
    switch (static_cast<market::TransferState>(state)) {
    case market::TransferState::settled:
        return "settled";
    case market::TransferState::returned:
        return "returned";
    default:
        return "in_transit";
    }
}

std::optional<Response> delegates_only(const Request& request, const char* detail) {
    if (market::ordinal_of(request.principal->party, 'd') != market::never) return {};
    return respond(market::Refusal{market::Family::denied, "not_a_delegate", detail, {}});
}

Response reference_salt(Node& node, const Request& request) {
    if (auto no = delegates_only(request, "The salt is told to delegates.")) return std::move(*no);
    return respond_json(Json::object({{"salt", Json(base64_encode(node.vault.reference_salt()))}}));
}

Response payout(Node& node, const Request& request) {
    if (auto no = delegates_only(request, "Payouts are shown to delegates.")) return std::move(*no);
    if (auto late = check_seq(node, request)) return std::move(*late);
    const auto number = natural(request.param("n"));
    const auto run = number ? row<market::PayoutRow>(node, *number) : std::nullopt;
    if (!run) return respond(api::not_found("no_such_payout", "No such payout."));
    Json::Array rows;
    market::Key prefix;
    prefix.n[0] = run->payout;
    const auto read =
        pipeline::for_each_row<market::PayoutItemRow>(node.store, prefix, 1, [&](const auto& item) {
            rows.push_back(Json::object({
                {"amount", record::amount_to_json(item.amount)},
                {"member", Json(item.member)},
                {"state", Json(state_name(item.state))},
            }));
        });
    if (!read) return busy();
    return respond_json(Json::object({
        {"count", Json(run->count)},
        {"currency", Json(run->currency)},
        {"payout", Json(run->payout)},
        {"period", Json(run->period)},
        {"rows", Json(std::move(rows))},
        {"sealed", Json(run->sealed != market::never)},
        {"total", record::amount_to_json(run->total)},
    }));
}

Response text(const std::string& body, const char* type) {
    Response response = Response::text(body);
    response.content_type = type;
    response.with("Access-Control-Allow-Origin", "*");
    return response;
}

void demo_fund(Node& node, Request request, http::Reply reply) {
    const auto requester = requester_of(request);
    if (!requester) return reply(requester.error());
    const auto body = read_body(request, {"amount", "currency"});
    if (!body) return reply(body.error());
    const auto minor = parse_i64(body->text_of("amount"));
    if (!minor)
        return reply(respond(api::bad_request("bad_amount", "amount", "A decimal string.")));
    const std::string currency = body->text_of("currency");
    if (!Currency::parse(currency)) {
        return reply(
            respond(api::bad_request("bad_argument", "currency", "Three letters, such as KES."))
        );
    }
    Hash random{};
    node.vault.fill(random);
    const Hash reference =
        market::reference_hash(node.vault.reference_salt(), hex_encode(random)).value();
    pipeline::Job job;
    job.request =
        node.demo_delegate(market::Fund{market::Amount{*minor}, currency, reference, *requester});
    run(node, std::move(job), std::move(reply));
}

} // namespace

void add_public_routes(http::Router& router, Node& node) {
    router.add<auth::none>(Method::get, "/v1/ledger", [&node](const Request& r) {
        if (auto late = check_seq(node, r)) return std::move(*late);
        return ledger(node);
    });
    const auto page_of_entries = [&node](const Request& r) {
        if (auto late = check_seq(node, r)) return std::move(*late);
        return entries(node, r);
    };
    router.add<auth::none>(
        Method::get, "/v1/entries", page_of_entries, {.query = {"from", "limit"}}
    );
    router.add<auth::session>(
        Method::get,
        "/v1/entries/coop",
        [&node](const Request& r) { return coop_parts(node, r); },
        {.query = {"from", "limit"}}
    );
    router.add<auth::none>(Method::get, "/v1/rules", [&node](const Request& r) {
        if (auto late = check_seq(node, r)) return std::move(*late);
        return rules(node);
    });
    router.add<auth::session>(Method::get, "/v1/payouts/{n}", [&node](const Request& r) {
        return payout(node, r);
    });
    router.add<auth::session>(Method::get, "/v1/reference-salt", [&node](const Request& r) {
        return reference_salt(node, r);
    });
    router.add<auth::none>(Method::get, "/v1/taxonomy", [&node](const Request&) {
        return Response::json(node.taxonomy);
    });
    router.add<auth::none>(Method::get, "/policy", [&node](const Request&) {
        return text(node.policy, "text/plain; charset=utf-8");
    });
    router.add<auth::none>(Method::get, "/openapi.json", [&node](const Request&) {
        return text(node.openapi, "application/json");
    });
    const auto page = api::docs_page(node.openapi);
    router.add<auth::none>(Method::get, "/docs", [page = page.value_or("")](const Request&) {
        return text(page, "text/html; charset=utf-8")
            .with(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
            );
    });
    router.add<auth::none>(Method::get, "/docs.css", [](const Request&) {
        return text(std::string(api::docs_style()), "text/css; charset=utf-8");
    });
    const auto files = std::make_shared<http::LogFiles>(node.publisher.files().dir());
    router.add<auth::none>(
        Method::get,
        "/log/{path...}",
        [files](const Request& r) { return files->serve(r); },
        {.any_query = true}
    );
    if (!node.demo_delegate) return;
    router.add<auth::none>(Method::get, "/v1/demo", [&node](const Request& r) {
        return Response::json(http::is_loopback(r.peer) ? node.demo_info_here : node.demo_info);
    });
    router.add<auth::requester>(
        Method::post,
        "/v1/demo/fund",
        [&node](Request r, http::Reply reply) { demo_fund(node, std::move(r), std::move(reply)); }
    );
}

} // namespace handprint::routes
