// Import of tasks: an opening by the requester, chunks and seal by the clock; and the end of tasks
// that expire.

#include "node/market/area.hpp"
#include "node/market/external.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/progress.hpp"

#include <algorithm>
#include <set>

namespace handprint::market::area {

namespace {

constexpr Int most_tasks = 1'000'000;

/// A name for each task of a chunk, none of them in use.
Result<void, Refusal> check_names(const Case& c, const BatchRow& batch, const ImportChunk& chunk) {
    if (std::cmp_not_equal(chunk.externals.size(), chunk.count)) {
        return refuse(Family::invalid, "bad_external", "One for each task.", "externals");
    }
    const std::string requester = party('r', batch.requester);
    std::set<Hash> here;
    for (const Hash& hash : chunk.externals) {
        const auto* taken = c.state.find<ExternalRow>(external_name(requester, "task", hash));
        if (taken != nullptr) return unexpected(external_in_use(*taken, "task", "externals"));
        if (!here.insert(hash).second) {
            return refuse(Family::invalid, "bad_external", "Each stands once.", "externals");
        }
    }
    return {};
}

/// Terms of tasks of the chunk, in order; none below the price that the opening was decided with.
Result<void, Refusal> check_own_terms(const BatchRow& batch, const ImportChunk& chunk) {
    const auto bad = [](const char* detail) {
        return refuse(Family::invalid, "bad_override", detail, "overrides");
    };
    if (chunk.overrides && chunk.overrides->empty()) return bad("Left out rather than empty.");
    const auto& own = own_terms_of(chunk);
    if (!own.empty() && batch.qualifies_level != 0) {
        return bad("The tasks of a test have the terms of the test.");
    }
    Int before = batch.rows_done - 1;
    for (const OwnTerms& task : own) {
        if (task.task <= before || task.task >= batch.rows_done + chunk.count) {
            return bad("Tasks of the chunk, ascending, each once.");
        }
        before = task.task;
        if (!task.any()) return bad("At least one term is another than the batch's.");
        const bool dear = batch.least_micros != 0 && task.price_micros >= batch.least_micros
                          && task.price_micros <= most_price_micros;
        if (task.price_micros != 0 && !dear) return bad("A price that the opening allows.");
        if (task.overlap < 0 || task.overlap > most_overlap) return bad("1 to 10,000 answers.");
        if (task.expires < 0 || task.expires > latest_expiry) return bad("A time.");
    }
    if (!with_tasks(batch, labour_of(batch), chunk.count, own)) {
        return refuse(Family::invalid, "too_large", "The total is too large.", "overrides");
    }
    return {};
}

} // namespace

Decision decide(const Case& c, const ImportTasks& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto batch = own_batch(c, command.batch);
    if (!batch) return unexpected(batch.error());
    const bool closed = (*batch)->state == static_cast<Int>(BatchState::closed);
    if (closed && ((*batch)->tasks == 0 || (*batch)->rows_done < (*batch)->tasks)) {
        return refuse(
            Family::conflict,
            "import_given_up",
            "The batch was closed before it was published.",
            "batch"
        );
    }
    if ((*batch)->state != static_cast<Int>(BatchState::draft)) {
        return refuse(Family::conflict, "already_imported", "The batch has its tasks.", "batch");
    }
    if (command.count < 1 || command.count > most_tasks) {
        return refuse(Family::invalid, "out_of_range", "1 to 1,000,000 tasks.", "count");
    }
    if (command.chunks < (command.count + most_chunk_tasks - 1) / most_chunk_tasks
        || command.chunks > command.count) {
        return refuse(Family::invalid, "out_of_range", "Chunks hold 1 to 250 tasks.", "chunks");
    }
    // Or nobody could hand it in, or pass.
    if ((*batch)->qualifies_level != 0
        && (command.count > (*batch)->bundle_max || command.count < (*batch)->qualifies_pass)) {
        return refuse(
            Family::invalid,
            "out_of_range",
            "A test is handed in as a whole: it has " + std::to_string((*batch)->qualifies_pass)
                + " tasks, its pass mark, to " + std::to_string((*batch)->bundle_max)
                + ", its largest bundle.",
            "count"
        );
    }
    // Whoever looks whether the names of tasks are free must see those of all imports before.
    if (c.state.get<RequesterRow>((*batch)->requester).importing != never) {
        return refuse(
            Family::later, "import_running", "Another import of yours is under way.", "batch"
        );
    }
    if (command.least_micros) {
        const Int needed = least_price(c, (*batch)->currency, (*batch)->estimate_s);
        if (*command.least_micros < needed) return below_floor(needed, "least_micros");
    }
    draft->events.push_back(ImportOpened{
        command.batch, command.chunks, command.count, command.root, command.least_micros
    });
    return draft;
}

Decision decide(const Case& c, const ImportChunk& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* batch = c.state.find<BatchRow>(command.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::importing)
        || command.chunk != batch->chunks_done || command.chunk >= batch->chunks) {
        return refuse(
            Family::conflict, "out_of_order", "Not the next chunk of an import.", "chunk"
        );
    }
    if (command.count < 1 || command.count > most_chunk_tasks
        || batch->rows_done + command.count > batch->tasks) {
        return refuse(Family::invalid, "out_of_range", "A chunk holds 1 to 250 tasks.", "count");
    }
    if (auto ok = check_names(c, *batch, command); !ok) return unexpected(std::move(ok).error());
    if (auto ok = check_own_terms(*batch, command); !ok) return unexpected(std::move(ok).error());
    draft->events.push_back(ImportChunked{
        command.batch,
        command.chunk,
        command.count,
        command.commit,
        command.externals,
        command.overrides
    });
    return draft;
}

Decision decide(const Case& c, const ImportSeal& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* batch = c.state.find<BatchRow>(command.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::importing)
        || batch->chunks_done != batch->chunks || batch->rows_done != batch->tasks) {
        return refuse(Family::conflict, "incomplete", "Chunks are missing.", "batch");
    }
    if (progress_root(batch->progress) != batch->import_root) {
        return refuse(
            Family::invalid, "root_differs", "The chunks are not those of the opening.", "batch"
        );
    }
    draft->events.push_back(ImportSealed{command.batch});
    return draft;
}

namespace {

/// In order, each due and with slots that nobody has filled. The rules say both from the state, so
/// that an audit finds one that ended too early and one that did not end.
Result<books::Labour, Refusal>
labour_without(const Case& c, const BatchRow& batch, const std::vector<Int>& tasks) {
    auto labour = labour_of(batch);
    Int before = never;
    for (const Int number : tasks) {
        const auto* task = c.state.find<TaskRow>(batch.batch, number);
        if (number <= before || task == nullptr || !has_rest(batch, *task)) {
            return refuse(
                Family::conflict, "nothing_left", "Ended, or all its answers are there.", "tasks"
            );
        }
        before = number;
        if (c.context.now < last_lease_end(batch, task->expires)) {
            return refuse(Family::invalid, "not_due", "A lease may still run.", "tasks");
        }
        const auto rest = without_rest(batch, labour, *task);
        HP_CHECK(rest.has_value(), "a task is part of the sums of its batch");
        labour = *rest;
    }
    return labour;
}

} // namespace

Decision decide(const Case& c, const EndTasks& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* batch = c.state.find<BatchRow>(command.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::open)) {
        return refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    if (command.tasks.empty() || std::cmp_greater(command.tasks.size(), most_ending)) {
        return refuse(Family::invalid, "item_count", "1 to 250 tasks.", "tasks");
    }
    const auto labour = labour_without(c, *batch, command.tasks);
    if (!labour) return unexpected(labour.error());
    const auto currency = Currency::parse(batch->currency);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    const auto held = books::quote(labour_of(*batch), batch->fee_bps, *currency);
    const auto needed = books::quote(*labour, batch->fee_bps, *currency);
    HP_CHECK(held && needed, "the quote of the batch fits");
    const Int released = held->total - needed->total;
    post(*draft, account("hold", party('b', batch->batch)), batch->currency, released);
    post(*draft, account("escrow", party('r', batch->requester)), batch->currency, -released);
    draft->events.push_back(TasksEnded{command.batch, Amount{released}, command.tasks});
    return draft;
}

} // namespace handprint::market::area
