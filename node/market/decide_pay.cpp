// Work becomes money: acceptance by the requester, by the clock, by grading. There is no command
// that leads from submitted to unpaid.

#include "ledger/books/pricing.hpp"
#include "node/market/area.hpp"
#include "node/market/own_terms.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace handprint::market::area {

namespace {

constexpr std::size_t most_items = 100; // keeps an entry within its row and byte limits

enum class Why { requester, timer, grade };

/// `field` names the item in the command.
Result<void, Refusal> check_item(
    const Case& c, const BatchRow& batch, const TaskMember& item, Why why, std::string field
) {
    const auto* work = c.state.find<AssignmentRow>(batch.batch, item.task, item.member);
    if (work == nullptr) {
        return refuse(Family::conflict, "not_submitted", "No such submission.", std::move(field));
    }
    if (work->state != static_cast<Int>(AssignmentState::submitted)) {
        return refuse(
            Family::done, "already_accepted", "The work was accepted before.", std::move(field)
        );
    }
    if (why == Why::timer && work->due > c.context.now) {
        return refuse(
            Family::invalid, "not_due", "The accept-by time has not come.", std::move(field)
        );
    }
    return {};
}

/// Wages by the cumulative rounding of docs/ledger-format.md section 8, and the fee likewise.
Result<void, Refusal>
pay(const Case& c,
    Draft& draft,
    const BatchRow& batch,
    const std::vector<TaskMember>& items,
    Why why) {
    if (items.empty() || items.size() > most_items) {
        return refuse(Family::invalid, "item_count", "1 to 100 items at a time.", "items");
    }
    const auto currency = Currency::parse(batch.currency);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    const std::string hold = account("hold", party('b', batch.batch));
    std::map<Int, books::Running> running;
    books::Running fee{batch.fee_micros_bps, batch.fee_posted};
    Accepted event;
    event.batch = batch.batch;
    std::set<TaskMember> seen;
    for (const TaskMember& item : items) {
        auto field = "items[" + std::to_string(seen.size()) + ']';
        if (!seen.insert(item).second) {
            return refuse(Family::invalid, "item_twice", "An item stands twice.", std::move(field));
        }
        if (const auto ok = check_item(c, batch, item, why, std::move(field)); !ok) return ok;
        auto [at, fresh] = running.try_emplace(item.member);
        if (fresh) {
            const auto* earned = c.state.find<EarningRow>(batch.batch, item.member);
            if (earned != nullptr) at->second = {earned->total_micros, earned->posted};
        }
        const auto* task = c.state.find<TaskRow>(batch.batch, item.task);
        const Int price = terms_of(batch, task).price_micros;
        const auto wage = books::add_wage(at->second, price, *currency);
        const auto more = books::add_fee(fee, price, batch.fee_bps, *currency);
        HP_CHECK(wage && more, "the quote of the batch fits, and no answer is paid twice");
        event.fee.minor += *more;
        post(draft, hold, batch.currency, *wage);
        post(draft, account("payable", party('m', item.member)), batch.currency, -*wage);
        event.items.push_back({item.task, item.member, Amount{*wage}});
        Line line{"payable", batch.currency, "wage", *wage};
        line.batch = batch.batch;
        line.task = item.task;
        member_part(draft, item.member).lines.push_back(std::move(line));
    }
    post(draft, hold, batch.currency, event.fee.minor);
    post(draft, "fee/coop", batch.currency, -event.fee.minor);
    draft.events.push_back(std::move(event));
    return {};
}

Result<const BatchRow*, Refusal> open_batch(const Case& c, Int number) {
    const auto* batch = c.state.find<BatchRow>(number);
    if (batch == nullptr || batch->state != static_cast<Int>(BatchState::open)) {
        return refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    const Int open = c.coop().open_distribution;
    if (open != never && c.state.get<DistributionRow>(open).project == batch->project) {
        return refuse(
            Family::later,
            "run_open",
            "Shares of this project are being paid out; try again.",
            "batch"
        );
    }
    return batch;
}

} // namespace

Decision decide(const Case& c, const Accept& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto batch = open_batch(c, command.batch);
    if (!batch) return unexpected(batch.error());
    if (party('r', (*batch)->requester) != c.request.actor) {
        return refuse(
            Family::denied, "not_yours", "The batch belongs to another requester.", "batch"
        );
    }
    if (auto ok = grant_names(c, command.batch); !ok) return unexpected(std::move(ok).error());
    if (const auto ok = pay(c, *draft, **batch, command.items, Why::requester); !ok) {
        return unexpected(ok.error());
    }
    return draft;
}

Decision decide(const Case& c, const AutoAccept& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto batch = open_batch(c, command.batch);
    if (!batch) return unexpected(batch.error());
    if (const auto ok = pay(c, *draft, **batch, command.items, Why::timer); !ok) {
        return unexpected(ok.error());
    }
    return draft;
}

Decision decide(const Case& c, const Grade& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto batch = open_batch(c, command.batch);
    if (!batch) return unexpected(batch.error());
    if ((*batch)->qualifies_level == 0) {
        return refuse(
            Family::invalid, "not_a_qualification", "The batch grants no skill.", "batch"
        );
    }
    const Int total = static_cast<Int>(command.tasks.size());
    if (command.correct < 0 || command.correct > total) {
        return refuse(Family::invalid, "out_of_range", "0 to the number of tasks.", "correct");
    }
    std::vector<TaskMember> items;
    for (const Int task : command.tasks)
        items.push_back({task, command.member});
    if (const auto ok = pay(c, *draft, **batch, items, Why::grade); !ok) {
        return unexpected(ok.error());
    }
    draft->events.push_back(
        Graded{command.batch, command.correct, command.member, total, command.evidence}
    );
    const auto* skill = c.state.find<SkillRow>(command.member, (*batch)->domain);
    const Int level = (*batch)->qualifies_level;
    if (command.correct >= (*batch)->qualifies_pass && (skill == nullptr || skill->level < level)) {
        draft->events.push_back(SkillGranted{(*batch)->domain, level, command.member});
    }
    return draft;
}

} // namespace handprint::market::area
