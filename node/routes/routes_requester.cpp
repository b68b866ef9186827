// Doors of a requester: projects, batches, tasks, price, publishing, acceptance, refunds.

#include "ledger/base/decimal.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/area.hpp"
#include "node/market/json_codec.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/routes/acting.hpp"
#include "node/routes/batch_views.hpp"
#include "node/routes/content.hpp"
#include "node/routes/member_views.hpp"

#include <thread>

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

std::string text(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value != nullptr && value->as_string() != nullptr ? value->text() : std::string{};
}

Response missing(std::string field, std::string rule) {
    return respond(api::bad_request("missing", std::move(field), std::move(rule)));
}

void create_project(Node& node, Request request, http::Reply reply) {
    const auto body = read_body(request);
    if (!body) return reply(body.error());
    const std::string title = text(*body, "title");
    if (title.empty() || title.size() > 200) return reply(missing("title", "1 to 200 bytes."));
    const Json document = Json::object({
        {"description", Json(text(*body, "description"))},
        {"title", Json(title)},
    });
    record::Salt salt{};
    node.vault.fill(salt);
    // The salt follows from the id, so that a retry signs the same bytes.
    if (const auto id = request.headers.get("Idempotency-Key"); !id.empty()) {
        salt =
            sha256({as_bytes("handprint/document-salt/v1"), as_bytes(node.origin), as_bytes(id)});
    }
    const std::string bytes = document.encode();
    auto job = act(
        node, request, market::CreateProject{record::commit(salt, bytes), text(*body, "external")}
    );
    if (!job) return reply(job.error());
    job->notes.push_back({"project", "#", Content::project_note(document, salt)});
    run_flat(node, std::move(*job), std::move(reply));
}

/// The terms document of a batch made from a request: its numbers and its words.
Result<std::pair<market::CreateBatch, Json>, Response>
read_batch(Node& node, const Json& body, Int project) {
    Json args = Json::object({{"project", Json(project)}, {"terms", record::to_json(Hash{})}});
    for (const char* name :
         {"accept_ms",
          "bundle_max",
          "currency",
          "domain",
          "estimate_s",
          "external",
          "hazard",
          "language",
          "lease_ms",
          "level",
          "overlap",
          "price_micros",
          "qualifies"}) {
        if (const Json* value = body.find(name)) args.set(name, *value);
    }
    auto command = market::command_from_json(market::CreateBatch::kind, args);
    if (!command) {
        return unexpected(respond(api::bad_request(
            "bad_argument",
            command.error().field,
            command.error().field + ' ' + command.error().what
        )));
    }
    auto batch = std::get<market::CreateBatch>(*command);
    Json terms = args;
    for (const char* name : {"title", "instructions", "question", "choices", "fields"}) {
        const Json* value = body.find(name);
        if (value == nullptr) return unexpected(missing(name, "A batch says what is to be done."));
        terms.set(name, *value);
    }
    const auto document = node.content.project(project);
    terms.set("project_title", Json(document ? text(*document, "title") : std::string{}));
    Json shown = Json::object({});
    for (const auto& member : terms.members()) {
        if (member.key != "terms") shown.set(member.key, member.value);
    }
    batch.terms = record::terms_hash(shown.encode());
    return std::pair{std::move(batch), std::move(shown)};
}

void create_batch(Node& node, Request request, http::Reply reply) {
    const auto body = read_body(request);
    if (!body) return reply(body.error());
    const auto project = natural(request.param("p"));
    if (!project) return reply(respond(api::not_found("no_such_project", "No such project.")));
    auto batch = read_batch(node, *body, *project);
    if (!batch) return reply(batch.error());
    auto job = act(node, request, std::move(batch->first));
    if (!job) return reply(job.error());
    job->notes.push_back({"terms", "#", to_bytes(as_bytes(batch->second.encode()))});
    run_flat(node, std::move(*job), std::move(reply));
}

/// Waits until the chunks and the seal of an import are entries too.
bool wait_sealed(Node& node, Int batch) {
    for (int i = 0; i < 1200; ++i) {
        const auto found = row<market::BatchRow>(node, batch);
        if (found && found->state >= static_cast<Int>(market::BatchState::sealed)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

/// One long request about a batch at a time.
struct BatchTurn {
    Content& content;
    Int batch;
    bool mine;

    BatchTurn(Content& c, Int b) : content(c), batch(b), mine(c.begin_import(b)) {}

    BatchTurn(const BatchTurn&) = delete;
    BatchTurn& operator=(const BatchTurn&) = delete;

    ~BatchTurn() {
        if (mine) content.end_import(batch);
    }
};

Response imported(Node& node, const market::BatchRow& batch, Int index) {
    const bool sealed = wait_sealed(node, batch.batch);
    const auto now = row<market::BatchRow>(node, batch.batch);
    return respond_json(
               Json::object({
                   {"chunks", Json(now ? now->chunks : 0)},
                   {"imported", Json(now ? now->tasks : 0)},
                   {"index", Json(index)},
                   {"sealed", Json(sealed)},
               }),
               sealed ? 200 : 202
    )
        .with("Handprint-Seq", std::to_string(node.sequencer.size()));
}

Response import_tasks(Node& node, const Request& request) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    const BatchTurn turn(node.content, batch->batch);
    if (!turn.mine) {
        return respond(market::Refusal{
            market::Family::later,
            "import_running",
            "An import of this batch is under way.",
            "batch"
        });
    }
    if (const auto before = done_before(node, request)) {
        return before->same ? imported(node, *batch, before->index) : respond(id_reused());
    }
    if (batch->state != static_cast<Int>(market::BatchState::draft)) {
        return respond(market::Refusal{
            market::Family::conflict, "already_imported", "The batch has its tasks.", "batch"
        });
    }
    const bool test = batch->qualifies_level != 0;
    const auto type = request.headers.get("Content-Type");
    const bool csv = type.starts_with("text/csv");
    if (!csv && !type.starts_with("application/jsonl")
        && !type.starts_with("application/x-ndjson")) {
        return respond(api::ApiProblem{
            415, "media_type", "Send application/jsonl or text/csv.", "Content-Type", "never"
        });
    }
    const auto tasks =
        csv ? api::parse_csv(request.body, test) : api::parse_jsonl(request.body, test);
    if (!tasks) return respond(tasks.error());
    auto import = node.content.make_import(batch->batch, *tasks);
    for (auto& job : import.jobs) {
        const auto stored = run_now(node, std::move(job));
        if (stored.verdict != pipeline::Verdict::stored) return respond(node, stored);
    }
    auto job = act(
        node, request, market::ImportTasks{batch->batch, import.chunks, import.count, import.root}
    );
    if (!job) return job.error();
    const auto answer = run_now(node, std::move(*job));
    if (answer.verdict != pipeline::Verdict::entry) return respond(node, answer);
    return imported(node, *batch, answer.index);
}

template <class C>
void act_on_batch(Node& node, Request request, http::Reply reply) {
    const auto number = natural(request.param("b"));
    if (!number) return reply(respond(api::not_found("no_such_batch", "No such batch.")));
    auto job = act(node, request, C{*number});
    if (!job) return reply(job.error());
    run_flat(node, std::move(*job), std::move(reply));
}

Result<std::vector<market::TaskMember>, Response> items_of(const Json& body) {
    const Json* items = body.find("items");
    if (items == nullptr || items->as_array() == nullptr || items->as_array()->empty()) {
        return unexpected(missing("items", "A list of [task, member], or all: true."));
    }
    std::vector<market::TaskMember> out;
    for (const Json& item : items->items()) {
        const auto* pair = item.as_array();
        if (pair == nullptr || pair->size() != 2 || (*pair)[0].as_integer() == nullptr
            || (*pair)[1].as_integer() == nullptr) {
            return unexpected(
                respond(api::bad_request("bad_argument", "items", "Each is [task, member]."))
            );
        }
        out.push_back({(*pair)[0].integer(), (*pair)[1].integer()});
    }
    return out;
}

/// Accepts a set in entries of at most 100; stops at the first that is refused.
Response accept(Node& node, const Request& request) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    const auto body = read_body(request);
    if (!body) return body.error();
    const BatchTurn turn(node.content, batch->batch);
    if (!turn.mine) {
        return respond(market::Refusal{
            market::Family::later,
            "accept_running",
            "An acceptance in this batch is under way.",
            "batch"
        });
    }
    const Json* all = body->find("all");
    std::vector<market::TaskMember> items;
    if (all != nullptr && all->as_bool() != nullptr && all->boolean()) {
        items = submitted_items(node, batch->batch);
    } else {
        auto named = items_of(*body);
        if (!named) return named.error();
        items = std::move(*named);
    }
    constexpr std::size_t most = 100;
    Json::Array entries;
    Int accepted = 0;
    // A request that was carried out before answers as it did then.
    for (std::size_t at = 0;; at += most) {
        const auto before = done_before(node, request, at == 0 ? "" : std::to_string(at));
        if (!before) break;
        if (!before->same) return respond(id_reused());
        accepted += before->accepted;
        entries.push_back(Json(before->index));
    }
    if (accepted > 0) items.clear();
    // Some entries at a time share a commit; others get their turn in between.
    constexpr std::size_t at_once = 8;
    for (std::size_t from = 0; from < items.size(); from += most * at_once) {
        std::vector<pipeline::Job> jobs;
        for (std::size_t at = from; at < std::min(from + most * at_once, items.size());
             at += most) {
            const auto end = std::min(at + most, items.size());
            market::Accept command{
                batch->batch,
                {items.begin() + static_cast<std::ptrdiff_t>(at),
                 items.begin() + static_cast<std::ptrdiff_t>(end)}
            };
            auto job = act(node, request, std::move(command), at == 0 ? "" : std::to_string(at));
            if (!job) return job.error();
            jobs.push_back(std::move(*job));
        }
        const auto answers = run_all_now(node, std::move(jobs));
        for (const auto& answer : answers) {
            if (answer.verdict != pipeline::Verdict::entry) {
                if (accepted == 0) return respond(node, answer);
                continue;
            }
            accepted += static_cast<Int>(answer.result.at("wages").items().size());
            entries.emplace_back(answer.index);
        }
    }
    return respond_json(Json::object({
                            {"accepted", Json(accepted)},
                            {"asked",
                             Json(
                                 accepted > 0 && items.empty() ? static_cast<std::size_t>(accepted)
                                                               : items.size()
                             )},
                            {"entries", Json(std::move(entries))},
                        }))
        .with("Handprint-Seq", std::to_string(node.sequencer.size()));
}

Response money(Node& node, const Request& request) {
    const auto requester = requester_of(request);
    if (!requester) return requester.error();
    if (auto late = wait_seq(node, request)) return std::move(*late);
    std::vector<std::string> accounts{"escrow/" + request.principal->party};
    const auto read =
        pipeline::for_each_row<market::BatchRow>(node.store, {}, 0, [&](const auto& b) {
            if (b.requester == *requester) accounts.push_back("hold/b:" + std::to_string(b.batch));
        });
    if (!read) return busy();
    return respond_json(Json::object({{"balances", balances_json(node, accounts)}}));
}

void refund(Node& node, Request request, http::Reply reply) {
    const auto body = read_body(request);
    if (!body) return reply(body.error());
    const auto amount = parse_i64(text(*body, "amount"));
    if (!amount)
        return reply(respond(api::bad_request("bad_amount", "amount", "A decimal string.")));
    auto job = act(node, request, market::Refund{market::Amount{*amount}, text(*body, "currency")});
    if (!job) return reply(job.error());
    run_flat(node, std::move(*job), std::move(reply));
}

template <void (*handler)(Node&, Request, http::Reply)>
auto async(Node& node) {
    return [&node](Request request, http::Reply reply) {
        handler(node, std::move(request), std::move(reply));
    };
}

/// Long work leaves the I/O threads free: each such request has a thread of its own.
template <Response (*handler)(Node&, const Request&)>
auto on_own_thread(Node& node) {
    return [&node](Request request, http::Reply reply) {
        std::thread([&node, request = std::move(request), reply = std::move(reply)]() mutable {
            reply(handler(node, request));
        }).detach();
    };
}

} // namespace

void add_requester_routes(http::Router& router, Node& node) {
    router.add<auth::requester>(Method::post, "/v1/projects", async<create_project>(node));
    router.add<auth::requester>(
        Method::post, "/v1/projects/{p}/batches", async<create_batch>(node)
    );
    router.add<auth::requester>(
        Method::post,
        "/v1/batches/{b}/tasks",
        on_own_thread<import_tasks>(node),
        {.body_limit = 256UL * 1024 * 1024, .cost = 5}
    );
    router.add<auth::requester>(
        Method::post, "/v1/batches/{b}/publish", async<act_on_batch<market::Publish>>(node)
    );
    router.add<auth::requester>(
        Method::post, "/v1/batches/{b}/close", async<act_on_batch<market::CloseBatch>>(node)
    );
    router.add<auth::requester>(
        Method::post, "/v1/batches/{b}/accept", on_own_thread<accept>(node)
    );
    router.add<auth::requester>(Method::post, "/v1/refunds", async<refund>(node));
    router.add<auth::requester>(Method::get, "/v1/money", [&node](const Request& r) {
        return money(node, r);
    });
    router.add<auth::requester>(Method::get, "/v1/projects", [&node](const Request& r) -> Response {
        const auto requester = requester_of(r);
        if (!requester) return requester.error();
        if (auto late = wait_seq(node, r)) return std::move(*late);
        return respond_json(projects_json(node, *requester));
    });
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
