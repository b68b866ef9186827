// Work on offer: projects, batches, import of tasks, publishing, claims, submissions.

#include "ledger/base/hex.hpp"
#include "ledger/books/pricing.hpp"
#include "ledger/merkle/tree.hpp"
#include "node/market/area.hpp"
#include "node/market/external.hpp"
#include "node/market/lists.hpp"
#include "node/market/progress.hpp"

#include <algorithm>
#include <set>

namespace handprint::market::area {

namespace {

constexpr Int most_tasks = 1'000'000;
constexpr Int most_bundle = 50;

Decision not_yours(const char* field) {
    return refuse(Family::denied, "not_yours", "This belongs to another requester.", field);
}

/// The batch if it is there and the actor's; the grant may name batches.
Result<const BatchRow*, Refusal> own_batch(const Case& c, Int batch) {
    const auto* row = c.state.find<BatchRow>(batch);
    if (row == nullptr) {
        return unexpected(Refusal{Family::conflict, "no_such_batch", "No such batch.", "batch"});
    }
    if (party('r', row->requester) != c.request.actor) {
        return unexpected(not_yours("batch").error());
    }
    if (auto ok = grant_names(c, batch); !ok) return unexpected(std::move(ok).error());
    return row;
}

/// A name is used once for each kind of thing.
Result<void, Refusal> check_external(const Case& c, const char* kind, const Hash& hash) {
    const auto* taken = c.state.find<ExternalRow>(external_name(c.request.actor, kind, hash));
    if (taken == nullptr) return {};
    return unexpected(external_in_use(*taken, kind, "external"));
}

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

struct Limit {
    const char* field;
    Int value, least, most;
};

Result<void, Refusal> check_numbers(const Case& c, const CreateBatch& b) {
    const Int now = c.context.now;
    const Limit limits[] = {
        {"accept_ms", b.accept_ms, 1000, rule(c.state, "accept_max_ms", now)},
        {"lease_ms", b.lease_ms, 1000, rule(c.state, "lease_max_ms", now)},
        {"bundle_max", b.bundle_max, 1, most_bundle},
        {"estimate_s", b.estimate_s, 1, 8 * 3600},
        {"hazard", b.hazard, 0, 3},
        {"level", b.level, 0, 5},
        {"overlap", b.overlap, 1, 10'000},
        {"price_micros", b.price_micros, 1, 1'000'000'000'000},
    };
    for (const Limit& limit : limits) {
        if (limit.value < limit.least || limit.value > limit.most) {
            return refuse(
                Family::invalid,
                "out_of_range",
                std::to_string(limit.least) + " to " + std::to_string(limit.most) + ".",
                limit.field
            );
        }
    }
    if (b.qualifies) {
        if (b.qualifies->level < 1 || b.qualifies->level > 5 || b.qualifies->pass < 1) {
            return refuse(
                Family::invalid, "out_of_range", "Level 1 to 5, pass 1 or more.", "qualifies"
            );
        }
    }
    return {};
}

/// No price below the hourly floor of its currency, at the estimated time.
Result<void, Refusal> check_floor(const Case& c, const CreateBatch& b) {
    const std::string name = "floor_minor_per_hour/" + b.currency;
    const auto* row = c.state.find<RuleRow>(name);
    if (row == nullptr) return {};
    const Int floor = rule(c.state, name.c_str(), c.context.now);
    const auto currency = Currency::parse(b.currency);
    HP_CHECK(currency.has_value(), "a known currency parses");
    const auto needed =
        mul_div(floor * books::micros_per_minor(*currency), b.estimate_s, 3600, Round::up);
    if (!needed || b.price_micros < *needed) {
        return refuse(
            Family::invalid,
            "below_floor",
            "The price is below the hourly floor; at this estimate it must be at least "
                + std::to_string(needed.value_or(0)) + " micros.",
            "price_micros"
        );
    }
    return {};
}

} // namespace

Decision decide(const Case& c, const CreateProject& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const Int requester = ordinal_of(c.request.actor, 'r');
    if (requester == never)
        return refuse(Family::denied, "not_a_requester", "Requesters make projects.");
    if (auto ok = check_external(c, "project", command.external); !ok) {
        return unexpected(std::move(ok).error());
    }
    draft->events.push_back(
        ProjectCreated{command.document, command.external, c.coop().projects, requester}
    );
    return draft;
}

Decision decide(const Case& c, const CreateBatch& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* project = c.state.find<ProjectRow>(command.project);
    if (project == nullptr) {
        return refuse(Family::conflict, "no_such_project", "No such project.", "project");
    }
    if (party('r', project->requester) != c.request.actor) return not_yours("project");
    if (auto ok = check_external(c, "batch", command.external); !ok) {
        return unexpected(std::move(ok).error());
    }
    if (!known_currency(c.coop(), command.currency)) {
        return refuse(
            Family::invalid, "unknown_currency", "Not a currency of this ledger.", "currency"
        );
    }
    if (command.domain.empty() || command.domain.size() > 64) {
        return refuse(Family::invalid, "bad_domain", "A domain is needed.", "domain");
    }
    if (!is_language(command.language)) {
        return refuse(
            Family::invalid, "bad_language", "A code of two or three letters.", "language"
        );
    }
    if (const auto ok = check_numbers(c, command); !ok) return unexpected(ok.error());
    if (const auto ok = check_floor(c, command); !ok) return unexpected(ok.error());
    BatchCreated event;
    static_cast<BatchTerms&>(event) = command;
    event.batch = c.coop().batches;
    event.requester = project->requester;
    draft->events.push_back(std::move(event));
    return draft;
}

Decision decide(const Case& c, const ImportTasks& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto batch = own_batch(c, command.batch);
    if (!batch) return unexpected(batch.error());
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
    // Whoever looks whether the names of tasks are free must see those of all imports before.
    if (c.state.get<RequesterRow>((*batch)->requester).importing != never) {
        return refuse(
            Family::later, "import_running", "Another import of yours is under way.", "batch"
        );
    }
    draft->events.push_back(ImportOpened{command.batch, command.chunks, command.count, command.root}
    );
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
    draft->events.push_back(ImportChunked{
        command.batch, command.chunk, command.count, command.commit, command.externals
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

Decision decide(const Case& c, const Publish& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto found = own_batch(c, command.batch);
    if (!found) return unexpected(found.error());
    const BatchRow& batch = **found;
    if (batch.state != static_cast<Int>(BatchState::sealed)) {
        return refuse(
            Family::conflict,
            "not_ready",
            batch.state > static_cast<Int>(BatchState::sealed) ? "The batch was published before."
                                                               : "The batch has no tasks yet.",
            "batch"
        );
    }
    const auto currency = Currency::parse(batch.currency);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    const Int fee_bps = rule(c.state, "fee_bps", c.context.now);
    const auto hold =
        books::quote(batch.price_micros, {batch.tasks, batch.overlap}, fee_bps, *currency);
    if (!hold) return refuse(Family::invalid, "too_large", "The total is too large.", "batch");
    const std::string escrow = account("escrow", c.request.actor);
    const Int available = -balance(c.state, escrow, batch.currency);
    const Int total = hold->total;
    if (available < total) {
        return refuse(
            Family::later,
            "not_covered",
            "The escrow holds " + std::to_string(available) + " and the batch needs "
                + std::to_string(total) + " minor units of " + batch.currency + ".",
            "batch"
        );
    }
    if (const auto ok = within_cap(c, total, batch.currency); !ok) return unexpected(ok.error());
    post(*draft, escrow, batch.currency, total);
    post(*draft, account("hold", party('b', batch.batch)), batch.currency, -total);
    draft->events.push_back(BatchPublished{batch.batch, fee_bps, Amount{total}});
    return draft;
}

Decision decide(const Case& c, const CloseBatch& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto found = own_batch(c, command.batch);
    if (!found) return unexpected(found.error());
    const BatchRow& batch = **found;
    if (batch.state == static_cast<Int>(BatchState::importing)) {
        // Given up: nothing is held for it, and the requester may import again.
        draft->events.push_back(BatchClosed{batch.batch, Amount{}});
        return draft;
    }
    if (batch.state != static_cast<Int>(BatchState::open)) {
        return refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    if (batch.submitted != batch.accepted) {
        return refuse(
            Family::later, "undecided_work", "Submitted work waits for a decision.", "batch"
        );
    }
    if (c.context.claims != nullptr && c.context.claims->any(batch.batch, c.context.now)) {
        return refuse(Family::later, "work_in_hand", "Members hold claims in this batch.", "batch");
    }
    const std::string hold = account("hold", party('b', batch.batch));
    const Int left = -balance(c.state, hold, batch.currency);
    post(*draft, hold, batch.currency, left);
    post(*draft, account("escrow", c.request.actor), batch.currency, -left);
    draft->events.push_back(BatchClosed{batch.batch, Amount{left}});
    return draft;
}

Decision decide(const Case& c, const Submit& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const Int member = ordinal_of(c.request.actor, 'm');
    if (member == never) return refuse(Family::denied, "not_a_member", "Members submit work.");
    const auto* batch = c.state.find<BatchRow>(command.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::open)) {
        return refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    if (command.terms != batch->terms) {
        return refuse(
            Family::conflict, "terms_differ", "These are not the batch's terms.", "terms"
        );
    }
    if (command.answers.empty() || std::cmp_greater(command.answers.size(), batch->bundle_max)) {
        return refuse(
            Family::invalid,
            "bundle_size",
            "1 to " + std::to_string(batch->bundle_max) + " answers.",
            "answers"
        );
    }
    if (batch->qualifies_level != 0 && std::cmp_not_equal(command.answers.size(), batch->tasks)) {
        return refuse(
            Family::invalid, "test_in_parts", "A test is handed in as a whole.", "answers"
        );
    }
    std::vector<Int> held;
    if (c.context.claims != nullptr) {
        const auto* claim = c.state.find<ClaimRow>(member, command.batch);
        if (claim == nullptr || c.context.now >= claim->until) {
            return refuse(
                Family::conflict,
                "lease_over",
                "You hold no claim on this work now. Claim it again; your draft is kept.",
                "batch"
            );
        }
        held = split_numbers(claim->tasks);
    }
    Submitted event;
    event.batch = command.batch;
    event.member = member;
    event.due = c.context.now + batch->accept_ms;
    Int before = never;
    for (const AnswerRef& answer : command.answers) {
        if (answer.task <= before || answer.task >= batch->tasks) {
            return refuse(
                Family::invalid,
                "task_order",
                "Tasks of the batch, ascending, each once.",
                "answers"
            );
        }
        before = answer.task;
        if (c.state.find<AssignmentRow>(command.batch, answer.task, member) != nullptr) {
            return refuse(
                Family::done, "already_submitted", "This task was submitted before.", "answers"
            );
        }
        const auto* task = c.state.find<TaskRow>(command.batch, answer.task);
        const bool mine = c.context.claims == nullptr
                          || std::find(held.begin(), held.end(), answer.task) != held.end();
        if (!mine) {
            return refuse(
                Family::conflict, "not_claimed", "You hold no claim on this task.", "answers"
            );
        }
        if (task != nullptr && task->submitted >= batch->overlap) {
            return refuse(
                Family::conflict, "task_full", "The task has all its answers.", "answers"
            );
        }
        if (answer.length < 0 || answer.type.empty() || answer.type.size() > 128) {
            return refuse(
                Family::invalid, "bad_answer", "An answer has a length and a type.", "answers"
            );
        }
        event.tasks.push_back(answer.task);
    }
    auto& part = member_part(*draft, member);
    part.signed_here = true;
    part.answers = command.answers;
    draft->events.push_back(std::move(event));
    return draft;
}

} // namespace handprint::market::area

namespace handprint::market {

namespace {

bool speaks(const std::string& languages, const std::string& language) {
    const std::string padded = "," + languages + ",";
    return padded.find("," + language + ",") != std::string::npos;
}

Result<void, Refusal> may_claim(const State& state, const Claim& claim, const BatchRow* batch) {
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::open)) {
        return area::refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    const auto* member = state.find<MemberRow>(claim.member);
    if (member == nullptr)
        return area::refuse(Family::denied, "not_a_member", "Members claim work.");
    if (!speaks(member->languages, batch->language)) {
        return area::refuse(
            Family::denied, "language_missing", "The batch asks for another language.", "batch"
        );
    }
    const auto* skill = state.find<SkillRow>(claim.member, batch->domain);
    const Int level = skill == nullptr ? 0 : skill->level;
    if (batch->qualifies_level == 0 && level < batch->level) {
        return area::refuse(
            Family::denied,
            "skill_missing",
            "The batch asks for a skill that you have not shown yet.",
            "batch"
        );
    }
    if (batch->qualifies_level != 0 && level >= batch->qualifies_level) {
        return area::refuse(Family::done, "qualified", "You have this level already.", "batch");
    }
    return {};
}

} // namespace

Result<ClaimAnswer, Refusal>
decide_claim(const State& state, const Claim& claim, const Context& context) {
    HP_CHECK(context.claims != nullptr, "claims are decided live");
    const auto* batch = state.find<BatchRow>(claim.batch);
    if (const auto ok = may_claim(state, claim, batch); !ok) return unexpected(ok.error());
    ClaimAnswer answer;
    const Int most = std::min(claim.count, batch->bundle_max);
    for (const Int candidate : claim.candidates) {
        if (std::cmp_greater_equal(answer.tasks.size(), most)) break;
        if (candidate < 0 || candidate >= batch->tasks) continue;
        if (state.find<AssignmentRow>(claim.batch, candidate, claim.member) != nullptr) continue;
        const auto* task = state.find<TaskRow>(claim.batch, candidate);
        const Int taken =
            (task == nullptr ? 0 : task->submitted)
            + context.claims->holders(claim.batch, candidate, context.now, claim.member);
        if (taken < batch->overlap) answer.tasks.push_back(candidate);
    }
    if (answer.tasks.empty()) {
        return area::refuse(
            Family::later, "none_free", "Others hold what is left. Try again in a moment.", "batch"
        );
    }
    std::sort(answer.tasks.begin(), answer.tasks.end());
    answer.until = context.now + batch->lease_ms;
    return answer;
}

} // namespace handprint::market
