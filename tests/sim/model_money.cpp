// The model's money and its clock.

#include "tests/sim/model.hpp"

#include <algorithm>

namespace handprint::sim {

namespace {

std::string of_member(Int member) {
    return "m:" + std::to_string(member);
}

Int points_of(const Terms& terms) {
    constexpr Int skill[] = {100, 100, 115, 135, 160, 200};
    return terms.estimate_s * skill[terms.level] * 100;
}

} // namespace

Int micros_per_minor(const std::string& currency) {
    if (currency == "JPY") return 1'000'000;
    if (currency == "KWD") return 1'000;
    return 10'000;
}

std::vector<Int> split(Int total, const std::vector<std::pair<Int, Int>>& weights) {
    Wide sum = 0;
    for (const auto& [member, weight] : weights)
        sum += weight;
    std::vector<Int> shares;
    std::vector<std::pair<Wide, std::size_t>> remainders; // largest first, then smaller member
    Int left = total;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const auto product = static_cast<Wide>(total) * weights[i].second;
        shares.push_back(static_cast<Int>(product / sum));
        remainders.emplace_back(-(product % sum), i);
        left -= shares.back();
    }
    std::sort(remainders.begin(), remainders.end());
    for (Int i = 0; i < left; ++i)
        ++shares[remainders[static_cast<std::size_t>(i)].second];
    return shares;
}

Int Model::balance(const std::string& cls, const std::string& owner, const std::string& currency)
    const {
    const auto at = balances_.find({cls, owner, currency});
    return at == balances_.end() ? 0 : at->second;
}

void Model::post(
    const std::string& cls, const std::string& owner, const std::string& currency, Int amount
) {
    balances_[{cls, owner, currency}] += amount;
}

void Model::move(const Account& from, const Account& to, Int amount) {
    balances_[from] += amount; // both are what the cooperative owes: credits
    balances_[to] -= amount;
}

bool Model::covered_by_grant(const Op& op, Int amount, const std::string& currency) const {
    if (op.grant < 0) return true;
    const Grant& grant = grants.at(op.grant);
    return grant.currency == currency && amount <= grant.cap - grant.spent;
}

void Model::spend(const Op& op, Int amount) {
    if (op.grant >= 0) grants.at(op.grant).spent += amount;
}

Outcome Model::accept(const Op& op) {
    const auto at = batches.find(op.batch);
    if (at == batches.end() || at->second.stage != Stage::open)
        return no(Family::conflict, "not open");
    if (auto own = own_batch(op); own.family != Family::ok) return own;
    return pay(at->second, op.items);
}

Outcome Model::grade(const Op& op) {
    const auto at = batches.find(op.batch);
    if (at == batches.end() || at->second.stage != Stage::open)
        return no(Family::conflict, "not open");
    const Terms& terms = at->second.terms;
    if (terms.qualifies_level == 0) return no(Family::invalid, "not a test");
    if (op.number < 0 || op.number > static_cast<Int>(op.list.size()))
        return no(Family::invalid, "correct");
    std::vector<std::pair<Int, Int>> items;
    for (const Int task : op.list)
        items.emplace_back(task, op.requester);
    auto out = pay(at->second, items);
    if (out.family != Family::ok) return out;
    Int& level = members.at(op.requester).skills[terms.domain];
    if (op.number >= terms.qualifies_pass) level = std::max(level, terms.qualifies_level);
    return out;
}

Outcome Model::pay(Batch& batch, const std::vector<std::pair<Int, Int>>& items) {
    if (items.empty() || items.size() > 100) return no(Family::invalid, "item count");
    std::set<std::pair<Int, Int>> seen;
    for (const auto& item : items) {
        if (!seen.insert(item).second) return no(Family::invalid, "twice");
        const auto work = batch.works.find(item);
        if (work == batch.works.end()) return no(Family::conflict, "not submitted");
        if (work->second.accepted) return no(Family::done, "accepted before");
    }
    const std::string& currency = batch.terms.currency;
    const Int unit = micros_per_minor(currency);
    const std::string hold = "b:" + std::to_string(batch.number);
    Outcome out;
    for (const auto& item : items) {
        Earned& earned = batch.earned[item.second];
        const Int price = batch.of(item.first).price;
        earned.total += price;
        const Int wage = ceil_div(earned.total, unit) - earned.posted;
        earned.posted += wage;
        ++earned.accepted;
        move({"hold", hold, currency}, {"payable", of_member(item.second), currency}, wage);
        batch.works.at(item).accepted = true;
        ++batch.accepted;
        batch.fee_total += price * batch.fee_bps;
        projects.at(batch.project).points[item.second] += points_of(batch.terms);
        out.wages.push_back({item.first, item.second, wage});
    }
    const Int fee = ceil_div(batch.fee_total, static_cast<Wide>(unit) * 10'000) - batch.fee_posted;
    batch.fee_posted += fee;
    move({"hold", hold, currency}, {"fee", "", currency}, fee);
    return out;
}

/// Each transfer at the bank is told of once; one that carries out a payout or a refund may be told
/// of in pieces.
Outcome Model::may_refer(const Op& op) const {
    if (op.reference == 0) return no(Family::invalid, "no reference");
    const auto before = transfers.find(op.reference);
    if (before == transfers.end()) return {};
    const Transfer& was = before->second;
    const bool comes_in = op.kind == Kind::fund || op.kind == Kind::income;
    if (comes_in || was.payout != op.payout || was.refund != op.refund)
        return no(Family::conflict, "told of before");
    return {};
}

void Model::refer(const Op& op, Int index) {
    if (op.reference != 0) transfers.try_emplace(op.reference, index, op.payout, op.refund);
}

Outcome Model::fund(const Op& op) {
    if (op.amount < 1) return no(Family::invalid, "amount");
    if (!requesters.contains(op.requester)) return no(Family::conflict, "no such requester");
    if (auto ok = may_refer(op); ok.family != Family::ok) return ok;
    post("bank", "", op.currency, op.amount);
    post("escrow", "r:" + std::to_string(op.requester), op.currency, -op.amount);
    return {};
}

Outcome Model::refund(const Op& op) {
    if (op.amount < 1) return no(Family::invalid, "amount");
    const std::string owner = "r:" + std::to_string(op.actor);
    if (-balance("escrow", owner, op.currency) < op.amount) return no(Family::later, "not covered");
    if (!covered_by_grant(op, op.amount, op.currency)) return no(Family::denied, "over the cap");
    const Int number = static_cast<Int>(refunds.size());
    move(
        {"escrow", owner, op.currency},
        {"in_transit", "refund:" + std::to_string(number), op.currency},
        op.amount
    );
    refunds[number] = {op.actor, op.amount, op.currency, Transit::under_way};
    spend(op, op.amount);
    Outcome out;
    out.numbers["refund"] = number;
    return out;
}

Outcome Model::share_out(const Op& op) {
    if (op.amount < 1) return no(Family::invalid, "amount");
    const bool income = op.kind == Kind::income;
    if (auto ok = may_refer(op); income && ok.family != Family::ok) return ok;
    const auto part = [&](Int bps) {
        return static_cast<Int>(static_cast<Wide>(op.amount) * bps / 10'000);
    };
    const Int operations = part(rules_.operations_bps), transition = part(rules_.transition_bps);
    const Int reserve = part(rules_.reserve_bps);
    const Int pool = income ? op.amount - operations - transition - reserve : op.amount;
    if (pool == 0) return no(Family::invalid, "too small");
    if (!income && -balance("fee", "", op.currency) < op.amount)
        return no(Family::later, "not covered");
    const auto project = projects.find(op.project);
    if (project == projects.end() || project->second.points.empty()) {
        return no(Family::conflict, "no project or nobody has points");
    }
    if (income) {
        post("bank", "", op.currency, op.amount);
        post("fee", "", op.currency, -operations);
        post("equity", "", op.currency, -transition);
        post("reserve", "", op.currency, -reserve);
    } else {
        post("fee", "", op.currency, op.amount);
    }
    const auto& points = project->second.points;
    const std::vector<std::pair<Int, Int>> weights(points.begin(), points.end());
    const auto shares = split(pool, weights);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        post("payable", of_member(weights[i].first), op.currency, -shares[i]);
    }
    const Int number = static_cast<Int>(distributions.size()),
              count = static_cast<Int>(shares.size());
    distributions[number] = {pool, count, count >= 10 || rules_.open_books != 0 ? 1 : 0};
    Outcome out;
    out.numbers["distribution"] = number;
    return out;
}

Outcome Model::close_period(Int index) {
    last_close_ = index;
    payable_at_close_.clear();
    for (const auto& [member, row] : members) {
        for (const auto& currency : currencies) {
            payable_at_close_[{member, currency}] =
                -balance("payable", of_member(member), currency);
        }
    }
    Outcome out;
    out.numbers["period"] = ++periods;
    return out;
}

Outcome Model::payout(const Op& op) {
    if (periods == 0) return no(Family::later, "no close");
    if (paid_out_.contains({periods, op.currency})) return no(Family::done, "paid out");
    if (op.checkpoint == Checkpoint::foreign) return no(Family::invalid, "checkpoint");
    if (op.checkpoint == Checkpoint::too_small || op.signed_at <= last_close_)
        return no(Family::later, "not covered");
    return open_payout(op.currency);
}

Outcome Model::open_payout(const std::string& currency) {
    PayoutOf run;
    run.currency = currency;
    Int total = 0;
    for (const auto& [who, amount] : payable_at_close_) {
        if (who.second != currency || amount < 1) continue;
        run.items[who.first] = {amount, Transit::under_way};
        total += amount;
    }
    if (run.items.empty()) return no(Family::later, "nothing payable");
    for (const auto& [member, item] : run.items) {
        move(
            {"payable", of_member(member), currency},
            {"in_transit", of_member(member), currency},
            item.first
        );
    }
    paid_out_.insert({periods, currency});
    Outcome out;
    out.numbers = {
        {"payout", static_cast<Int>(payouts.size())},
        {"count", static_cast<Int>(run.items.size())},
        {"total", total}
    };
    payouts[static_cast<Int>(payouts.size())] = std::move(run);
    return out;
}

Outcome Model::conclude(const Op& op) {
    const bool settled = op.kind == Kind::settle;
    const Transit to = settled ? Transit::settled : Transit::returned;
    if (auto ok = may_refer(op); ok.family != Family::ok) return ok;
    const auto out_of = [&](const std::string& from, const Account& back, Int amount) {
        const auto& currency = std::get<2>(back);
        if (settled) {
            move({"in_transit", from, currency}, {"bank", "", currency}, amount);
        } else {
            move({"in_transit", from, currency}, back, amount);
        }
    };
    if (op.refund >= 0) {
        const auto at = refunds.find(op.refund);
        if (at == refunds.end() || at->second.state != Transit::under_way)
            return no(Family::conflict, "refund");
        const RefundOf& row = at->second;
        out_of(
            "refund:" + std::to_string(op.refund),
            {"escrow", "r:" + std::to_string(row.requester), row.currency},
            row.amount
        );
        at->second.state = to;
        return {};
    }
    const auto run = payouts.find(op.payout);
    if (run == payouts.end()) return no(Family::conflict, "no such payout");
    if (op.list.empty()) return no(Family::invalid, "item count");
    Int before = -1;
    for (const Int member : op.list) {
        const auto item = run->second.items.find(member);
        if (member <= before || item == run->second.items.end()
            || item->second.second != Transit::under_way) {
            return no(Family::conflict, "not under way");
        }
        before = member;
    }
    for (const Int member : op.list) {
        auto& item = run->second.items.at(member);
        out_of(of_member(member), {"payable", of_member(member), run->second.currency}, item.first);
        item.second = to;
    }
    return {};
}

Outcome Model::set_number(const Op& op, Int now) {
    if (op.kind == Kind::set_fee) {
        if (op.number < 0 || op.number > 10'000) return no(Family::invalid, "basis points");
        rules_.fee_bps = op.number;
        return {};
    }
    constexpr Int apart = 5 * 60 * 1000;
    if (op.time > now + apart || op.time < now - apart) return no(Family::invalid, "clocks differ");
    confirmed_ = op.time;
    return {};
}

void Model::clock_read(Int now) {
    if (last_clock_ != 0 && now > last_clock_ + 10 * 60 * 1000) jumped_to_ = now;
    last_clock_ = now;
}

void Model::started(Int newest) {
    last_clock_ = newest;
    jumped_to_ = 0;
}

bool Model::timers_run() {
    if (jumped_to_ != 0 && confirmed_ + 5 * 60 * 1000 >= jumped_to_) jumped_to_ = 0;
    return jumped_to_ == 0;
}

/// When the last lease is over that could begin before a task expired, what is held for the answers
/// that it still wants goes back.
void Model::end_tasks(Batch& batch, Int now) {
    const Int before = batch.hold(batch.fee_bps);
    for (const auto& [task, own] : batch.own) {
        if (own.expires != 0 && own.expires + batch.terms.lease_ms <= now
            && batch.taken_of(task) < batch.of(task).overlap) {
            batch.ended.insert(task);
        }
    }
    const std::string& currency = batch.terms.currency;
    move(
        {"hold", "b:" + std::to_string(batch.number), currency},
        {"escrow", "r:" + std::to_string(batch.requester), currency},
        before - batch.hold(batch.fee_bps)
    );
}

void Model::tick(Int now) {
    for (auto& [number, batch] : batches) {
        if (batch.stage == Stage::importing) batch.stage = Stage::ready;
    }
    if (!timers_run()) return;
    for (auto& [number, batch] : batches) {
        if (batch.stage == Stage::open) end_tasks(batch, now);
        std::vector<std::pair<Int, Int>> due;
        for (const auto& [item, work] : batch.works) {
            if (!work.accepted && work.due <= now && batch.stage == Stage::open)
                due.push_back(item);
        }
        for (std::size_t at = 0; at < due.size(); at += 50) {
            const auto end = std::min(at + 50, due.size());
            (void)pay(
                batch,
                {due.begin() + static_cast<std::ptrdiff_t>(at),
                 due.begin() + static_cast<std::ptrdiff_t>(end)}
            );
        }
    }
}

bool Model::quiet_around(Int now, Int slack) const {
    for (const auto& [number, batch] : batches) {
        for (const auto& [item, work] : batch.works) {
            if (!work.accepted && work.due > now - slack && work.due <= now + slack) return false;
        }
        for (const auto& [task, own] : batch.own) {
            const Int end = own.expires + batch.terms.lease_ms;
            if (own.expires != 0 && end > now - slack && end <= now + slack) return false;
        }
    }
    return true;
}

} // namespace handprint::sim
