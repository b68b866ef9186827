// What members do with the work on offer: claims, submissions.

#include "node/market/area.hpp"
#include "node/market/lists.hpp"
#include "node/market/own_terms.hpp"

#include <algorithm>

namespace handprint::market::area {

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

/// The tasks that the member has claimed; not looked at when an audit decides again.
Result<std::vector<Int>, Refusal> tasks_in_hand(const Case& c, Int member, Int batch) {
    if (c.context.claims == nullptr) return std::vector<Int>{};
    const auto* claim = c.state.find<ClaimRow>(member, batch);
    if (claim == nullptr || c.context.now >= claim->until) {
        return refuse(
            Family::conflict,
            "lease_over",
            "You hold no claim on this work now. Claim it again; your draft is kept.",
            "batch"
        );
    }
    return split_numbers(claim->tasks);
}

Result<void, Refusal> check_answer(
    const Case& c,
    const BatchRow& batch,
    Int member,
    const std::vector<Int>& held,
    const AnswerRef& answer
) {
    if (c.state.find<AssignmentRow>(batch.batch, answer.task, member) != nullptr) {
        return refuse(
            Family::done, "already_submitted", "This task was submitted before.", "answers"
        );
    }
    const auto* task = c.state.find<TaskRow>(batch.batch, answer.task);
    const bool mine = c.context.claims == nullptr
                      || std::find(held.begin(), held.end(), answer.task) != held.end();
    if (!mine) {
        return refuse(
            Family::conflict, "not_claimed", "You hold no claim on this task.", "answers"
        );
    }
    if (task != nullptr && task->submitted >= terms_of(batch, task).overlap) {
        return refuse(Family::conflict, "task_full", "The task has all its answers.", "answers");
    }
    if (auto ok = check_own(c, batch, task, answer); !ok) return ok;
    if (answer.length < 0 || answer.type.empty() || answer.type.size() > 128) {
        return refuse(
            Family::invalid, "bad_answer", "An answer has a length and a type.", "answers"
        );
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
    const auto held = tasks_in_hand(c, member, command.batch);
    if (!held) return unexpected(held.error());
    Submitted event;
    event.batch = command.batch;
    event.member = member;
    event.due = c.context.now + batch->accept_ms;
    for (const AnswerRef& answer : command.answers) {
        const Int before = event.tasks.empty() ? never : event.tasks.back();
        if (answer.task <= before || answer.task >= batch->tasks) {
            return refuse(
                Family::invalid,
                "task_order",
                "Tasks of the batch, ascending, each once.",
                "answers"
            );
        }
        if (auto ok = check_answer(c, *batch, member, *held, answer); !ok) {
            return unexpected(std::move(ok).error());
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

Result<void, Refusal> may_claim(const State& state, const Claim& claim, const BatchRow* batch) {
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::open)) {
        return area::refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    const auto* member = state.find<MemberRow>(claim.member);
    if (member == nullptr)
        return area::refuse(Family::denied, "not_a_member", "Members claim work.");
    if (!has_word(member->languages, batch->language)) {
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
    const bool test = batch->qualifies_level != 0;
    const Int most = test ? batch->tasks : std::min(claim.count, batch->bundle_max);
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
    if (test && std::cmp_less(answer.tasks.size(), batch->tasks)) {
        return area::refuse(
            Family::later,
            "none_free",
            "A test is taken as a whole, and others hold a part of it. Try again in a moment.",
            "batch"
        );
    }
    std::sort(answer.tasks.begin(), answer.tasks.end());
    return answer;
}

} // namespace handprint::market
