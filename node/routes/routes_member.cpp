// Doors of a member: open work, claims, drafts, earnings, payslips, receipts.

#include "node/market/lists.hpp"
#include "node/market/parties.hpp"
#include "node/routes/content.hpp"
#include "node/routes/member_views.hpp"
#include "node/routes/work_index.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

std::optional<Int> member_of(const Request& request) {
    const Int member = market::ordinal_of(request.principal->party, 'm');
    if (member == market::never) return std::nullopt;
    return member;
}

Response members_only() {
    return respond(
        market::Refusal{market::Family::denied, "not_a_member", "This is for members.", {}}
    );
}

/// A handler for members: holds it to Handprint-Min-Seq, knows the ordinal.
template <class F>
auto for_member(Node& node, F view) {
    return [&node, view](const Request& request) -> Response {
        const auto member = member_of(request);
        if (!member) return members_only();
        if (auto late = check_seq(node, request)) return std::move(*late);
        return view(request, *member);
    };
}

constexpr Int most_claimed = 50;

/// The tasks that a claim names, instead of those that the index would pick.
std::optional<std::vector<Int>> named_tasks(const Json& list) {
    if (list.as_array() == nullptr || list.items().empty()
        || std::cmp_greater(list.items().size(), most_claimed)) {
        return std::nullopt;
    }
    std::vector<Int> tasks;
    for (const Json& task : list.items()) {
        if (task.as_integer() == nullptr || task.integer() < 0) return std::nullopt;
        if (std::find(tasks.begin(), tasks.end(), task.integer()) != tasks.end())
            return std::nullopt;
        tasks.push_back(task.integer());
    }
    return tasks;
}

/// All tasks, where the batch is a test: it is claimed as a whole, whatever is asked for.
std::optional<std::vector<Int>> tasks_of_test(Node& node, Int batch) {
    const auto found = row<market::BatchRow>(node, batch);
    if (!found || found->qualifies_level == 0) return std::nullopt;
    std::vector<Int> tasks(static_cast<std::size_t>(std::min(found->tasks, most_claimed)));
    std::iota(tasks.begin(), tasks.end(), Int{0});
    return tasks;
}

using Lot = std::optional<matching::OpenWork::LotTerms>;

std::vector<Int> picked_tasks(Node& node, const market::Claim& wanted, const Lot& lot) {
    const Int now = node.clock();
    return node.work.ask(now, [&](const matching::OpenWork& work) {
        // More than are wanted, in case others are quicker.
        return work.candidates_of(
            wanted.batch,
            lot,
            wanted.member,
            static_cast<std::size_t>(wanted.count) + 16,
            now,
            static_cast<std::uint64_t>(wanted.member) * 0x9E3779B97F4A7C15ULL
        );
    });
}

/// The lot that the member was shown, by what the offer says of it.
Result<Lot, Response> lot_of(const Json& body) {
    const Json* own = body.find("own_terms");
    if (own == nullptr) return Lot{};
    if (own->as_object() == nullptr) {
        return unexpected(respond(api::bad_request("bad_argument", "own_terms", "An object.")));
    }
    if (const auto name = unknown_member(*own, {"expires_at", "price_micros"})) {
        return unexpected(respond(not_known("own_terms." + *name)));
    }
    matching::OpenWork::LotTerms lot;
    const std::pair<const char*, Int*> terms[] = {
        {"price_micros", &lot.price_micros}, {"expires_at", &lot.expires}
    };
    for (const auto& [name, term] : terms) {
        const Json* given = own->find(name);
        if (given == nullptr) continue;
        if (given->as_integer() == nullptr || given->integer() < 1) {
            return unexpected(respond(api::bad_request(
                "bad_argument", std::string("own_terms.") + name, "As the offer says it."
            )));
        }
        *term = given->integer();
    }
    return Lot{lot};
}

/// What the member may be given; all that the body says of it is looked at, whatever counts.
Result<std::vector<Int>, Response>
candidates_for(Node& node, const market::Claim& wanted, const Json& body) {
    const Json* tasks = body.find("tasks");
    auto named = tasks == nullptr ? std::nullopt : named_tasks(*tasks);
    if (tasks != nullptr && !named) {
        return unexpected(respond(
            api::bad_request("out_of_range", "tasks", "1 to 50 different tasks of the batch.")
        ));
    }
    const auto lot = lot_of(body);
    if (!lot) return unexpected(lot.error());
    if (auto whole = tasks_of_test(node, wanted.batch)) return std::move(*whole);
    if (named) return std::move(*named);
    return picked_tasks(node, wanted, *lot);
}

void claim(Node& node, Request request, http::Reply reply) {
    const auto member = member_of(request);
    if (!member) return reply(members_only());
    const auto body = read_body(request, {"batch", "count", "own_terms", "tasks"});
    if (!body) return reply(body.error());
    const Json* batch = body->find("batch");
    if (batch == nullptr || batch->as_integer() == nullptr) {
        return reply(respond(api::bad_request("missing", "batch", "The number of a batch.")));
    }
    market::Claim wanted;
    wanted.member = *member;
    wanted.batch = batch->integer();
    const Json* count = body->find("count");
    wanted.count = count == nullptr ? wanted.count : body->integer_of("count", 0);
    if (wanted.count < 1 || wanted.count > most_claimed) {
        return reply(respond(api::bad_request("out_of_range", "count", "1 to 50 tasks.")));
    }
    auto candidates = candidates_for(node, wanted, *body);
    if (!candidates) return reply(std::move(candidates).error());
    wanted.candidates = std::move(*candidates);
    pipeline::Job job;
    job.request.command = wanted;
    run(node, std::move(job), std::move(reply), [&node, wanted](const pipeline::Answer& answer) {
        return Response::json(
            claim_text(node, wanted.member, wanted.batch, answer.claim.until, answer.claim.tasks)
        );
    });
}

void release(Node& node, Request request, http::Reply reply) {
    const auto member = member_of(request);
    const auto batch = natural(request.param("batch"));
    if (!member) return reply(members_only());
    if (!batch) return reply(respond(api::bad_request("bad_number", "batch", "A natural number.")));
    pipeline::Job job;
    job.request.command = market::ReleaseClaim{*member, *batch};
    run(node, std::move(job), std::move(reply));
}

Response keep_draft(Node& node, const Request& request, Int member) {
    const auto batch = natural(request.param("batch"));
    const auto task = natural(request.param("task"));
    if (!batch || !task) {
        const char* field = batch ? "task" : "batch";
        return respond(api::bad_request("bad_number", field, "A natural number."));
    }
    // It becomes part of an answer to its member, so it is held to what all bodies are held to.
    const auto json = Json::parse(request.body, record::JsonMode::lenient);
    if (!json) return respond(api::not_json(json.error()));
    // Only of work that the member has in hand, or had last: else the disk would be anybody's.
    const auto claim = row<market::ClaimRow>(node, member, *batch);
    const auto held = claim ? market::split_numbers(claim->tasks) : std::vector<Int>{};
    if (std::find(held.begin(), held.end(), *task) == held.end()) {
        return respond(market::Refusal{
            market::Family::conflict, "not_claimed", "You hold no claim on this task.", "task"
        });
    }
    const std::string id =
        pipeline::padded(member) + '/' + pipeline::padded(*batch) + '/' + pipeline::padded(*task);
    const auto sealed = node.vault.seal("draft", id, as_bytes(request.body));
    if (!node.store.put_secrets(std::span(&sealed, 1))) return busy();
    return Response::empty();
}

Response show_terms(Node& node, const Request& request) {
    const auto batch = natural(request.param("b"));
    if (auto late = check_seq(node, request)) return std::move(*late);
    const auto known = batch ? row<market::BatchRow>(node, *batch) : std::nullopt;
    // Before it is published a batch is its requester's alone.
    const bool shown = known
                       && (known->state >= static_cast<Int>(market::BatchState::open)
                           || request.principal->party == market::party('r', known->requester));
    const auto terms = shown ? node.content.terms(*batch) : std::nullopt;
    if (!terms) return respond(api::not_found("no_such_batch", "No such batch."));
    return respond_json(*terms);
}

Response proof_or_problem(const Result<std::string>& proof, const char* type) {
    if (proof) {
        Response response = Response::text(*proof);
        response.content_type = type;
        return response;
    }
    const std::string& why = proof.error().what;
    if (why == "not_yet_published") {
        auto response = respond(
            api::ApiProblem{404, why, "Not yet published; it will be in a moment.", {}, "later"}
        );
        return response;
    }
    if (why == "no_such_period")
        return respond(api::not_found(why, "You have no payslip for that period."));
    if (why == "no_such_entry")
        return respond(api::not_found(why, "You have no part in that entry."));
    return respond(api::ApiProblem{500, "proof_failed", why, {}, "later"});
}

pipeline::ProofSource source_of(Node& node) {
    return {node.store, node.vault, node.publisher, node.origin};
}

/// What members look up about themselves.
void add_own_routes(http::Router& router, Node& node) {
    router.add<auth::session>(
        Method::get,
        "/v1/me",
        for_member(
            node,
            [&node](const Request&, Int member) { return respond_json(me_json(node, member)); }
        )
    );
    router.add<auth::session>(
        Method::get,
        "/v1/me/assignments",
        for_member(
            node,
            [&node](const Request& r, Int member) {
                const auto state = r.query.get("state");
                if (state) {
                    auto fault = refuse_unless_one_of("state", *state, {"submitted", "accepted"});
                    if (fault) return std::move(*fault);
                }
                const auto page = query_page(r, "after", {INT64_MAX, 50}, 200);
                if (!page) return page.error();
                return respond_json(
                    assignments_json(node, member, state.value_or(""), page->from, page->limit)
                );
            }
        ),
        {.query = {"after", "limit", "state"}}
    );
    router.add<auth::session>(
        Method::get,
        "/v1/me/lines",
        for_member(
            node,
            [&node](const Request& r, Int member) {
                const auto page = query_page(r, "after", {INT64_MAX, 50}, 200);
                if (!page) return page.error();
                return respond_json(lines_json(node, member, page->from, page->limit));
            }
        ),
        {.query = {"after", "limit"}}
    );
    router.add<auth::session>(
        Method::get,
        "/v1/me/payslips",
        for_member(
            node,
            [&node](const Request&, Int member) {
                return respond_json(payslips_json(node, member));
            }
        )
    );
    router.add<auth::session>(
        Method::get,
        "/v1/me/payslips/{period}",
        for_member(
            node,
            [&node](const Request& r, Int member) {
                const auto period = natural(r.param("period"));
                if (!period)
                    return respond(api::bad_request("bad_number", "period", "A natural number."));
                return proof_or_problem(
                    pipeline::make_payslip(source_of(node), member, *period), "application/json"
                );
            }
        )
    );
    router.add<auth::requester>(Method::get, "/v1/receipts/{index}", [&node](const Request& r) {
        const auto index = natural(r.param("index"));
        if (!index) return respond(api::bad_request("bad_number", "index", "A natural number."));
        return proof_or_problem(
            pipeline::make_receipt(source_of(node), r.principal->party, *index),
            "text/plain; charset=utf-8"
        );
    });
}

} // namespace

void add_member_routes(http::Router& router, Node& node) {
    router.add<auth::session>(
        Method::get,
        "/v1/tasks/open",
        for_member(
            node,
            [&node](const Request& r, Int member) {
                const auto limit = query_limit(r, 20, 100);
                if (!limit) return limit.error();
                return respond_json(offers_json(node, member, static_cast<std::size_t>(*limit)));
            }
        ),
        {.query = {"limit"}}
    );
    router.add<auth::session>(Method::get, "/v1/batches/{b}/terms", [&node](const Request& r) {
        return show_terms(node, r);
    });
    router.add<auth::session>(Method::post, "/v1/claims", [&node](Request r, http::Reply reply) {
        claim(node, std::move(r), std::move(reply));
    });
    router.add<auth::session>(
        Method::get,
        "/v1/claims",
        for_member(
            node,
            [&node](const Request&, Int member) {
                return Response::json(claims_text(node, member));
            }
        )
    );
    router.add<auth::session>(
        Method::del,
        "/v1/claims/{batch}",
        [&node](Request r, http::Reply reply) { release(node, std::move(r), std::move(reply)); }
    );
    router.add<auth::session>(
        Method::put,
        "/v1/drafts/{batch}/{task}",
        for_member(
            node, [&node](const Request& r, Int member) { return keep_draft(node, r, member); }
        ),
        {.body_limit = 64UL * 1024}
    );
    add_own_routes(router, node);
}

} // namespace handprint::routes
