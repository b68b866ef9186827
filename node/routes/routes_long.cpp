// Doors of a requester that take long: the import of tasks, the acceptance of many answers.

#include "ledger/base/check.hpp"
#include "node/market/parties.hpp"
#include "node/pipeline/leftovers.hpp"
#include "node/routes/acceptance.hpp"
#include "node/routes/acting.hpp"
#include "node/routes/content.hpp"
#include "node/routes/imports.hpp"
#include "node/routes/long_work.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

/// A request is answered so long after it came, if by then it can be: before the server, or who
/// asks from a browser, gives up waiting for it.
constexpr std::chrono::milliseconds patience{18'000};

/// How often a request has been begun: it waits for its turn once, until then at most.
struct Asked {
    LongWork::Deadline until;
    bool waited = false;
};

/// The turn of a thing: one long request about a batch, and one import of a requester, at a time.
class Turn {
public:
    /// `id`: of the request, if the same one sent again is to wait for this one.
    Turn(Node& node, char kind, Int ordinal, const std::string& id = {})
        : turns_(node.long_work.turns()),
          about_(market::party(kind, ordinal)),
          got_(turns_.take(about_, id)) {}

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    ~Turn() {
        if (got_ == Turns::Got::turn) turns_.end(about_);
    }

    /// What to do instead if it is not this request's turn; `running` if it is another's, and
    /// `handler` once more when the same one has ended.
    template <class Handler>
    [[nodiscard]] std::optional<LongWork::Outcome>
    instead(Node& node, const Asked& asked, const market::Refusal& running, Handler handler) const {
        if (got_ == Turns::Got::turn) return std::nullopt;
        if (got_ == Turns::Got::other) return respond(running);
        if (asked.waited || node.long_work.closed())
            return respond(node, pipeline::Answer{}); // its outcome is not known yet
        const auto over = [&turns = turns_, about = about_, number = turns_.wait(about_)] {
            return !turns.waits(about, number);
        };
        const auto again = [&node, handler, until = asked.until](Request& request) {
            return handler(node, request, Asked{until, true});
        };
        return LongWork::Wait{over, asked.until, again};
    }

private:
    Turns& turns_;
    const std::string about_;
    const Turns::Got got_;
};

using Held = std::vector<std::shared_ptr<Turn>>;

std::string id_of(const Request& request) {
    return std::string(request.headers.get("Idempotency-Key"));
}

/// Of a batch that is past its import: whether that came to something. If it is closed now and was
/// published, money was held for it; else it was given up, be it before the seal or after.
bool is_of_use(Node& node, const market::BatchRow& batch) {
    if (batch.state != static_cast<Int>(market::BatchState::closed)) return true;
    const std::string hold = "hold/" + market::party('b', batch.batch);
    return row<market::AccountRow>(node, hold, batch.currency).has_value();
}

bool has_ended(const std::optional<market::BatchRow>& batch) {
    return batch && batch->state >= static_cast<Int>(market::BatchState::sealed);
}

Response told_of_import(Node& node, Int batch, Int index) {
    const auto now = row<market::BatchRow>(node, batch);
    const bool sealed = has_ended(now) && is_of_use(node, *now);
    if (has_ended(now) && !sealed) {
        return respond(market::Refusal{
            market::Family::conflict,
            "import_given_up",
            "The batch was closed before it was published.",
            "batch"
        });
    }
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

/// Waits until the chunks and the seal of an import are entries too, or its batch is closed. The
/// turns are held so long.
LongWork::Outcome
imported(Node& node, Int batch, Int index, LongWork::Deadline until, const Held& turns) {
    const auto over = [&node, batch] { return has_ended(row<market::BatchRow>(node, batch)); };
    if (over() || node.long_work.closed()) return told_of_import(node, batch, index);
    const auto then = [&node, batch, index, turns](Request&) {
        return told_of_import(node, batch, index);
    };
    return LongWork::Wait{over, until, then};
}

market::Refusal import_running() {
    return {
        market::Family::later, "import_running", "Another import of yours is under way.", "batch"
    };
}

std::optional<api::TaskFormat> format_of(const Request& request) {
    const auto type = request.headers.get("Content-Type");
    if (type.starts_with("text/csv")) return api::TaskFormat::csv;
    if (type.starts_with("application/jsonl") || type.starts_with("application/x-ndjson"))
        return api::TaskFormat::jsonl;
    return std::nullopt;
}

/// What is stored for an import that nobody opened. The batch's turn is held.
Result<void> drop_staged(Node& node, Int batch) {
    const auto now = row<market::BatchRow>(node, batch);
    return now ? pipeline::drop_staged(node.store, node.vault, *now) : Result<void>{};
}

/// Seals all rows and opens the import. They were looked through.
Result<Int, Response> open_import(
    Node& node,
    const Request& request,
    const market::BatchRow& batch,
    const Upload& upload,
    std::span<const RowName> names
) {
    api::TaskReader reader(upload.format, upload.body, upload.rules);
    TaskSealer sealer(node.vault, batch);
    std::size_t at = 0;
    for (bool more = true; more;) {
        auto task = reader.next();
        HP_CHECK(task.has_value(), "rows that were read can be read again");
        more = task->has_value();
        if (more) sealer.add(std::move(**task), names[at++].hash);
        auto job = sealer.take(!more);
        if (!job) continue;
        // Nothing counts before the import's entry; the same request stages all of it again.
        if (node.long_work.closed()) return unexpected(busy());
        const auto stored = run_now(node, std::move(*job));
        if (stored.verdict != pipeline::Verdict::stored) return unexpected(respond(node, stored));
    }
    auto job = act(node, request, sealer.command());
    if (!job) return unexpected(job.error());
    const auto answer = run_now(node, std::move(*job));
    if (answer.verdict != pipeline::Verdict::entry) return unexpected(respond(node, answer));
    return answer.index;
}

/// The response if an import by this caller into this batch would be refused now, whatever its rows
/// are.
std::optional<Response>
refused_before_rows(Node& node, const Request& request, const market::BatchRow& batch) {
    const auto job = act(node, request, market::ImportTasks{batch.batch, 1, 1, Hash{}, {}});
    if (!job) return job.error();
    const auto refusal = refusal_now(node, job->request);
    if (!refusal) return std::nullopt;
    return respond(*refusal);
}

LongWork::Outcome import_tasks(Node& node, Request& request, const Asked& asked) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    const auto turn = std::make_shared<Turn>(node, 'b', batch->batch, id_of(request));
    if (auto outcome = turn->instead(node, asked, import_running(), import_tasks))
        return std::move(*outcome);
    if (const auto before = done_before(node, request)) {
        if (!before->same) return respond(id_reused());
        return imported(node, batch->batch, before->index, asked.until, {turn});
    }
    if (auto told = refused_before_rows(node, request, *batch)) return std::move(*told);
    const auto format = format_of(request);
    if (!format) {
        return respond(api::ApiProblem{
            415, "media_type", "Send application/jsonl or text/csv.", "Content-Type", "never"
        });
    }
    const auto form = node.content.form(batch->batch);
    Upload upload{*format, request.body, {.truth = batch->qualifies_level != 0}};
    if (form) {
        upload.rules.fields = form->fields();
        upload.rules.choices = &form->choices();
    }
    auto names = look_through(node, *batch, upload);
    if (!names) return names.error();
    if (node.long_work.closed()) return busy();
    // From here to the entry that opens this import no other name of a task of this requester can
    // come into use: names of an import that is under way are not in the tables yet.
    const auto only = std::make_shared<Turn>(node, 'r', batch->requester);
    if (auto outcome = only->instead(node, asked, import_running(), import_tasks))
        return std::move(*outcome);
    if (auto told = refused_before_rows(node, request, *batch)) return std::move(*told);
    if (const auto taken = name_taken(node, market::party('r', batch->requester), *names))
        return respond(*taken);
    // Of a try whose outcome nobody learnt: it would be written over, and its blobs kept for ever.
    if (!drop_staged(node, batch->batch)) return busy();
    const auto index = open_import(node, request, *batch, upload, *names);
    if (!index) {
        // After a 503 it may be on its way into the ledger. If this does not work, the next try or
        // the next start does it.
        if (index.error().status != 503) (void)drop_staged(node, batch->batch);
        return index.error();
    }
    // It may take minutes until the last chunk is in, and the rows are kept elsewhere now.
    std::string().swap(request.body);
    return imported(node, batch->batch, *index, asked.until, {turn, only});
}

LongWork::Outcome accept(Node& node, Request& request, const Asked& asked) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    auto wanted = read_acceptance(request);
    if (!wanted) return wanted.error();
    const Turn turn(node, 'b', batch->batch, id_of(request));
    const market::Refusal running{
        market::Family::later,
        "accept_running",
        "An acceptance in this batch is under way.",
        "batch"
    };
    if (auto outcome = turn.instead(node, asked, running, accept)) return std::move(*outcome);
    return accept_many(node, request, *batch, std::move(*wanted));
}

template <LongWork::Outcome (*handler)(Node&, Request&, const Asked&)>
auto at_length(Node& node) {
    return [&node](Request request, http::Reply reply) {
        const Asked asked{std::chrono::steady_clock::now() + patience};
        node.long_work.take(std::move(request), std::move(reply), [&node, asked](Request& r) {
            return handler(node, r, asked);
        });
    };
}

} // namespace

void add_long_routes(http::Router& router, Node& node) {
    router.add<auth::requester>(
        Method::post,
        "/v1/batches/{b}/tasks",
        at_length<import_tasks>(node),
        {.body_limit = 256UL * 1024 * 1024, .cost = 5}
    );
    router.add<auth::requester>(Method::post, "/v1/batches/{b}/accept", at_length<accept>(node));
}

} // namespace handprint::routes
