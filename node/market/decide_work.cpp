// Work on offer: projects, batches, publishing, claims, submissions.

#include "ledger/books/pricing.hpp"
#include "node/market/area.hpp"
#include "node/market/external.hpp"
#include "node/market/limits.hpp"
#include "node/market/lists.hpp"
#include "node/market/own_terms.hpp"

#include <algorithm>

namespace handprint::market::area {

namespace {

constexpr Int most_bundle = 50;

Decision not_yours(const char* field) {
    return refuse(Family::denied, "not_yours", "This belongs to another requester.", field);
}

/// A name is used once for each kind of thing.
Result<void, Refusal> check_external(const Case& c, const char* kind, const Hash& hash) {
    const auto* taken = c.state.find<ExternalRow>(external_name(c.request.actor, kind, hash));
    if (taken == nullptr) return {};
    return unexpected(external_in_use(*taken, kind, "external"));
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
        {"overlap", b.overlap, 1, most_overlap},
        {"price_micros", b.price_micros, 1, most_price_micros},
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

} // namespace

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

Int least_price(const Case& c, const std::string& currency, Int estimate_s) {
    const std::string name = "floor_minor_per_hour/" + currency;
    if (c.state.find<RuleRow>(name) == nullptr) return 1;
    return market::least_price(rule(c.state, name.c_str(), c.context.now), currency, estimate_s);
}

Unexpected<Refusal> below_floor(Int needed, const char* field) {
    return refuse(
        Family::invalid,
        "below_floor",
        "The price is below the hourly floor; at this estimate it must be at least "
            + std::to_string(needed) + " micros.",
        field
    );
}

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
    const Int needed = least_price(c, command.currency, command.estimate_s);
    if (command.price_micros < needed) return below_floor(needed, "price_micros");
    BatchCreated event;
    static_cast<BatchTerms&>(event) = command;
    event.batch = c.coop().batches;
    event.requester = project->requester;
    draft->events.push_back(std::move(event));
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
            batch.state > static_cast<Int>(BatchState::sealed)
                ? "The batch was published or closed before."
                : "The batch has no tasks yet.",
            "batch"
        );
    }
    const auto currency = Currency::parse(batch.currency);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    const Int fee_bps = rule(c.state, "fee_bps", c.context.now);
    const auto hold = books::quote(labour_of(batch), fee_bps, *currency);
    if (!hold || hold->total > most_amount) {
        return refuse(
            Family::invalid,
            "too_large",
            "A batch costs at most " + std::to_string(most_amount) + " minor units, fee included.",
            "batch"
        );
    }
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
    if (batch.state < static_cast<Int>(BatchState::open)) {
        // Given up: nothing is held for it. If tasks were on their way, another import may begin.
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

namespace {

/// What a member signs names the price of a task that has one of its own, so that nobody can say
/// later that the work was done for another. It comes while a lease can run that began before the
/// task expired.
Result<void, Refusal>
check_own(const Case& c, const BatchRow& batch, const TaskRow* task, const AnswerRef& answer) {
    const Int own = task == nullptr ? 0 : task->price_micros;
    if (answer.price_micros.value_or(0) != own || answer.price_micros == 0) {
        return refuse(
            Family::conflict,
            "price_differs",
            own == 0 ? "This task has the price of the batch, and no other is signed."
                     : "This task has a price of its own, " + std::to_string(own)
                           + " micros, and the answer has to name it.",
            "answers"
        );
    }
    const Int expires = terms_of(batch, task).expires;
    if (expires != never && c.context.now >= last_lease_end(batch, expires)) {
        return refuse(Family::conflict, "task_expired", "The task has expired.", "answers");
    }
    return {};
}

} // namespace

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
        const TaskTerms terms = terms_of(*batch, task);
        if (task != nullptr && task->submitted >= terms.overlap) {
            return refuse(
                Family::conflict, "task_full", "The task has all its answers.", "answers"
            );
        }
        if (auto ok = check_own(c, *batch, task, answer); !ok) {
            return unexpected(std::move(ok).error());
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
    if (context.claims->held_off(claim.batch, context.now)) {
        return area::refuse(
            Family::later, "closing", "The requester is about to close this batch.", "batch"
        );
    }
    ClaimAnswer answer;
    answer.until = context.now + batch->lease_ms;
    const auto* held = state.find<ClaimRow>(claim.member, claim.batch);
    const bool holds = held != nullptr && context.now < held->until;
    const auto in_hand = holds ? split_numbers(held->tasks) : std::vector<Int>{};
    const Int most = std::min(claim.count, batch->bundle_max);
    for (const Int candidate : claim.candidates) {
        if (std::cmp_greater_equal(answer.tasks.size(), most)) break;
        if (candidate < 0 || candidate >= batch->tasks) continue;
        if (state.find<AssignmentRow>(claim.batch, candidate, claim.member) != nullptr) continue;
        const auto* task = state.find<TaskRow>(claim.batch, candidate);
        const Int taken =
            (task == nullptr ? 0 : task->submitted)
            + context.claims->holders(claim.batch, candidate, context.now, claim.member);
        const TaskTerms terms = terms_of(*batch, task);
        if (taken >= terms.overlap) continue;
        if (terms.expires != never && context.now >= terms.expires) {
            // It is kept for who has it in hand, as long as they were told, and no longer.
            if (std::find(in_hand.begin(), in_hand.end(), candidate) == in_hand.end()) continue;
            answer.until = std::min(answer.until, held->until);
        }
        answer.tasks.push_back(candidate);
    }
    if (answer.tasks.empty()) {
        return area::refuse(
            Family::later, "none_free", "Others hold what is left. Try again in a moment.", "batch"
        );
    }
    std::sort(answer.tasks.begin(), answer.tasks.end());
    return answer;
}

} // namespace handprint::market
