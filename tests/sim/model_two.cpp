// What takes two delegates, section 16 of the format, the rules that it waits for, and what is
// published of a distribution.

#include "tests/sim/model.hpp"

#include <algorithm>

namespace handprint::sim {

Outcome Model::by_two(const Op& op, Int now, Int index) {
    const Outcome out = [&] {
        switch (op.kind) {
        case Kind::propose_release:
            return propose_release(op, now, index);
        case Kind::release_payout:
            return release_payout(op, now, index);
        case Kind::record_checkpoint:
            return record_checkpoint(op);
        case Kind::propose_reenrolment:
            return propose_reenrolment(op, now, index);
        case Kind::object_reenrolment:
            return object_reenrolment(op, index);
        case Kind::reenrol:
            return reenrol(op, now, index);
        default:
            return set_rule(op);
        }
    }();
    if (out.family == Family::ok) {
        const bool objects = op.kind == Kind::object_reenrolment;
        acts_.push_back(
            {op.kind,
             index,
             now,
             op.actor,
             op.key,
             op.proposal,
             op.period,
             op.signed_at,
             objects ? party_of(op) : party_name(op.about, op.lost)}
        );
    }
    return out;
}

Outcome Model::propose_release(const Op& op, Int now, Int index) {
    if (release_stands >= 0) return no(Family::conflict, "one stands");
    if (uncovered_ >= 0) return no(Family::later, "the last one is not covered");
    const Int from = now + rules_.release_wait_ms;
    proposals[index] = {Kind::release_payout, op.actor, now, from, {}, -1};
    release_stands = index;
    Outcome out;
    out.numbers = {{"proposal", index}, {"from", from}};
    return out;
}

Outcome Model::may_confirm(const Op& op, Int now) const {
    const auto at = proposals.find(op.proposal);
    if (at == proposals.end() || at->second.act != op.kind)
        return no(Family::conflict, "no such proposal");
    if (at->second.delegate == op.actor) return no(Family::denied, "the same delegate");
    if (now < at->second.from) return no(Family::later, "the wait is not over");
    return {};
}

Outcome Model::release_payout(const Op& op, Int now, Int index) {
    if (auto may = may_confirm(op, now); may.family != Family::ok) return may;
    if (release_stands != op.proposal) return no(Family::conflict, "the proposal is over");
    if (op.period != periods) return no(Family::conflict, "not the newest close");
    if (uncovered_ >= 0 && uncovered_period_ != periods)
        return no(Family::later, "the last payday is not covered");
    if (periods == 0) return no(Family::later, "no close");
    if (paid_out_.contains({periods, op.currency})) return no(Family::done, "paid out");
    auto out = open_payout(op.currency);
    if (out.family != Family::ok) return out;
    uncovered_ = index;
    uncovered_period_ = periods;
    return out;
}

Outcome Model::record_checkpoint(const Op& op) {
    if (op.checkpoint == Checkpoint::foreign) return no(Family::invalid, "checkpoint");
    const bool ends = release_stands >= 0 && op.signed_at > release_stands;
    const bool covers = uncovered_ >= 0 && op.signed_at > uncovered_;
    if (!ends && !covers) return no(Family::later, "nothing to cover");
    if (ends) release_stands = -1;
    if (covers) uncovered_ = uncovered_period_ = -1;
    return {};
}

Outcome Model::propose_reenrolment(const Op& op, Int now, Int index) {
    const std::string party = party_name(op.about, op.lost);
    if (keys_of(party) == nullptr) return no(Family::conflict, "no such party");
    if (known_keys.contains(op.key)) return no(Family::conflict, "the key is in use");
    const Int from = now + rules_.reenrolment_wait_ms;
    proposals[index] = {Kind::reenrol, op.actor, now, from, party, op.key};
    Outcome out;
    out.numbers = {{"proposal", index}, {"from", from}};
    return out;
}

Outcome Model::object_reenrolment(const Op& op, Int index) {
    const auto at = proposals.find(op.proposal);
    if (at == proposals.end() || at->second.party != party_of(op))
        return no(Family::conflict, "no such proposal");
    Int& answered = held(party_of(op)).answered;
    if (op.proposal <= answered) return no(Family::conflict, "the proposal is over");
    answered = index;
    return {};
}

Outcome Model::reenrol(const Op& op, Int now, Int index) {
    const auto at = proposals.find(op.proposal);
    if (at != proposals.end() && !at->second.party.starts_with(op.about))
        return no(Family::conflict, "no such proposal");
    if (auto may = may_confirm(op, now); may.family != Family::ok) return may;
    const Proposal& made = at->second;
    if (made.party != party_name(op.about, op.lost) || made.key != op.key)
        return no(Family::conflict, "something else was proposed");
    Keys& keys = held(made.party);
    if (op.proposal <= keys.answered) return no(Family::conflict, "the proposal is over");
    if (!known_keys.insert(op.key).second) return no(Family::conflict, "the key is in use");
    former_keys.insert(keys.devices.begin(), keys.devices.end());
    former_keys.insert(keys.recovery.begin(), keys.recovery.end());
    keys = {{op.key}, {}, index};
    return {};
}

Outcome Model::set_rule(const Op& op) {
    constexpr Int year = 365LL * 24 * 3600 * 1000;
    if (op.external == "open_books") {
        rules_.open_books = op.number;
        return {};
    }
    Int& wait =
        op.external == "release_wait_ms" ? rules_.release_wait_ms : rules_.reenrolment_wait_ms;
    if (op.number < wait || op.number > year) return no(Family::invalid, "the wait");
    wait = op.number;
    return {};
}

void Model::view_two(View& out) const {
    const auto text = [](Int number) { return ' ' + std::to_string(number); };
    for (const auto& [number, row] : distributions) {
        const std::string name = "distribution" + text(number);
        out[name + " pool"] = out[name + " paid"] = row.pool;
        out[name + " count"] = row.count;
        out[name + " listed"] = row.listed;
    }
    for (const auto& [index, row] : proposals) {
        const std::string name = "proposal" + text(index);
        out[name + " delegate"] = row.delegate;
        out[name + " from"] = row.from;
        out[name + " for " + row.party] = row.key;
    }
    out["release stands"] = release_stands;
    out["not covered"] = uncovered_;
    out["not covered period"] = uncovered_period_;
}

std::string Model::broken_by_two() const {
    for (std::size_t at = 0; at < acts_.size(); ++at) {
        auto wrong = acts_[at].kind == Kind::release_payout ? broken_release(at)
                     : acts_[at].kind == Kind::reenrol      ? broken_reenrolment(at)
                                                            : "";
        if (!wrong.empty()) return wrong + ", entry " + std::to_string(acts_[at].index);
    }
    std::vector<const Keys*> holders;
    for (const auto& [number, member] : members)
        holders.push_back(&member.keys);
    for (const auto& [number, keys] : requesters)
        holders.push_back(&keys);
    std::set<Int> seen = former_keys;
    for (const Keys* keys : holders) {
        if (keys->devices.empty() && keys->recovery.empty()) return "a party without a key";
        for (const auto* some : {&keys->devices, &keys->recovery}) {
            for (const Int key : *some) {
                if (!seen.insert(key).second) return "a key of two parties, or one that is over";
            }
        }
    }
    return {};
}

/// Paid without a quorum: another delegate proposed it a day before, no checkpoint over the
/// proposal came in between, and one came between this payday and the last one of the sort.
std::string Model::broken_release(std::size_t at) const {
    const Act& paid = acts_[at];
    const Act* proposed = nullptr;
    const Act* payday = nullptr; // of another period
    for (std::size_t i = 0; i < at; ++i) {
        const Act& act = acts_[i];
        if (act.kind == Kind::propose_release && act.index == paid.proposal) proposed = &act;
        if (act.kind == Kind::release_payout && act.period != paid.period) payday = &act;
        if (act.kind != Kind::record_checkpoint) continue;
        if (act.size > paid.proposal && act.index > paid.proposal)
            return "paid out though the quorum had cosigned";
        if (payday != nullptr && act.size > payday->index) payday = nullptr;
    }
    if (proposed == nullptr || proposed->delegate == paid.delegate)
        return "one delegate alone paid out";
    if (paid.time - proposed->time < least_release_wait_) return "paid out too early";
    return payday == nullptr ? "" : "two paydays without a quorum";
}

/// Enrolled anew: another delegate proposed this key for this party long enough before, and
/// the party has not objected, nor got another key, in between.
std::string Model::broken_reenrolment(std::size_t at) const {
    const Act& done = acts_[at];
    const Act* proposed = nullptr;
    for (std::size_t i = 0; i < at; ++i) {
        const Act& act = acts_[i];
        if (act.kind == Kind::propose_reenrolment && act.index == done.proposal) proposed = &act;
        const bool answer = act.kind == Kind::object_reenrolment || act.kind == Kind::reenrol;
        if (answer && proposed != nullptr && act.party == done.party)
            return "enrolled anew though the party had answered";
    }
    if (proposed == nullptr || proposed->delegate == done.delegate)
        return "one delegate alone enrolled anew";
    if (proposed->party != done.party || proposed->key != done.key)
        return "enrolled anew with what was not proposed";
    return done.time - proposed->time < least_reenrolment_wait_ ? "enrolled anew too early" : "";
}

} // namespace handprint::sim
