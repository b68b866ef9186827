#include "tests/sim/model.hpp"

#include <algorithm>

namespace handprint::sim {

Outcome no(Family family, std::string why) {
    Outcome out;
    out.family = family;
    out.why = std::move(why);
    return out;
}

std::string party_of(const Op& op) {
    switch (op.kind) {
    case Kind::enrol:
    case Kind::register_requester:
        return "new";
    case Kind::submit:
    case Kind::claim:
    case Kind::release:
        return "m:" + std::to_string(op.actor);
    case Kind::fund:
    case Kind::income:
    case Kind::surplus:
    case Kind::close_period:
    case Kind::payout:
    case Kind::settle:
    case Kind::give_back:
    case Kind::set_fee:
    case Kind::confirm_clock:
    case Kind::propose_release:
    case Kind::release_payout:
    case Kind::propose_reenrolment:
    case Kind::reenrol:
    case Kind::set_rule:
        return "d:" + std::to_string(op.actor);
    case Kind::add_key:
    case Kind::revoke_key:
    case Kind::object_reenrolment:
    case Kind::record_checkpoint:
        return party_name(op.as, op.actor);
    case Kind::grade:
        return "clock";
    default:
        return "r:" + std::to_string(op.actor);
    }
}

Int ceil_div(Wide value, Wide by) {
    return static_cast<Int>((value + by - 1) / by);
}

const char* name_of(Kind kind) {
    static constexpr const char* names[] = {
        "enrol_member",
        "register_requester",
        "add_key",
        "revoke_key",
        "grant",
        "revoke_grant",
        "create_project",
        "create_batch",
        "import_tasks",
        "publish",
        "close_batch",
        "fund",
        "submit",
        "accept",
        "refund",
        "income",
        "surplus",
        "close_period",
        "payout",
        "settle",
        "return",
        "set_rule",
        "confirm_clock",
        "grade",
        "propose_release",
        "release_without_quorum",
        "record_checkpoint",
        "propose_reenrolment",
        "object_reenrolment",
        "reenrol_member",
        "set_rule",
        "claim",
        "release_claim"
    };
    return names[static_cast<int>(kind)];
}

Model::Model(Rules rules, std::vector<std::string> currencies_, Int delegates_)
    : currencies(std::move(currencies_)),
      delegates(delegates_),
      rules_(std::move(rules)),
      least_release_wait_(rules_.release_wait_ms),
      least_reenrolment_wait_(rules_.reenrolment_wait_ms) {}

Outcome Model::carry_out(const Op& op, Int now, Int index) {
    if (op.kind == Kind::claim) return claim(op, now);
    if (op.kind == Kind::release) {
        const auto at = batches.find(op.batch);
        if (at != batches.end()) at->second.leases.erase(op.actor);
        return {};
    }
    const auto before = carried_out_.find({party_of(op), op.id});
    if (before != carried_out_.end()) {
        return op.amount != before->second.second
                   ? no(Family::conflict, "the id was used for another command")
                   : before->second.first;
    }
    Outcome out = may_act(op, now);
    if (out.family == Family::ok) out = decide(op, now, index);
    if (out.family != Family::ok) return out;
    refer(op, index);
    out.index = index;
    carried_out_[{party_of(op), op.id}] = {out, op.amount};
    return out;
}

Outcome Model::may_act(const Op& op, Int now) const {
    if (op.stranger) return no(Family::denied, "not a key of the actor");
    if (auto own = signs_with(op); own.family != Family::ok) return own;
    if (op.grant < 0) return {};
    const auto at = grants.find(op.grant);
    if (at == grants.end() || at->second.requester != op.actor)
        return no(Family::denied, "not granted");
    if (at->second.revoked || at->second.expires <= now)
        return no(Family::denied, "the grant is over");
    if (!at->second.kinds.contains(name_of(op.kind))) return no(Family::denied, "kind not granted");
    return {};
}

Outcome Model::decide(const Op& op, Int now, Int index) {
    switch (op.kind) {
    case Kind::enrol:
    case Kind::register_requester:
        return enrol(op);
    case Kind::add_key:
        return add_key(op);
    case Kind::revoke_key:
        return revoke_key(op);
    case Kind::grant:
    case Kind::revoke_grant:
        return grant(op, now, index);
    case Kind::create_project:
        return create_project(op);
    case Kind::create_batch:
        return create_batch(op);
    case Kind::import_tasks:
        return import_tasks(op);
    case Kind::publish:
        return publish(op);
    case Kind::close_batch:
        return close_batch(op, now);
    case Kind::submit:
        return submit(op, now);
    case Kind::accept:
        return accept(op);
    case Kind::grade:
        return grade(op);
    case Kind::fund:
        return fund(op);
    case Kind::refund:
        return refund(op);
    case Kind::income:
    case Kind::surplus:
        return share_out(op);
    case Kind::close_period:
        return close_period(index);
    case Kind::payout:
        return payout(op);
    case Kind::settle:
    case Kind::give_back:
        return conclude(op);
    case Kind::set_fee:
    case Kind::confirm_clock:
        return set_number(op, now);
    case Kind::propose_release:
    case Kind::release_payout:
    case Kind::record_checkpoint:
    case Kind::propose_reenrolment:
    case Kind::object_reenrolment:
    case Kind::reenrol:
    case Kind::set_rule:
        return by_two(op, now, index);
    case Kind::claim:
    case Kind::release:
        break;
    }
    return {};
}

Outcome Model::enrol(const Op& op) {
    Outcome out;
    if (known_keys.contains(op.key) || known_keys.contains(op.recovery))
        return no(Family::conflict, "the key is in use");
    Keys keys{{op.key}, {}, -1};
    if (op.recovery >= 0) keys.recovery = {op.recovery};
    known_keys.insert(op.key);
    known_keys.insert(keys.recovery.begin(), keys.recovery.end());
    if (op.kind == Kind::enrol) {
        const Int number = static_cast<Int>(members.size());
        members[number] = {std::move(keys), {op.words.begin(), op.words.end()}, {}};
        out.numbers["member"] = number;
    } else {
        const Int number = static_cast<Int>(requesters.size());
        requesters[number] = std::move(keys);
        out.numbers["requester"] = number;
    }
    return out;
}

Outcome Model::grant(const Op& op, Int now, Int index) {
    if (op.kind == Kind::revoke_grant) {
        const auto at = grants.find(op.number);
        if (at == grants.end() || at->second.requester != op.actor) {
            return no(Family::conflict, "no such grant of the requester");
        }
        if (at->second.revoked) return no(Family::done, "revoked before");
        at->second.revoked = true;
        return {};
    }
    if (op.grant >= 0) return no(Family::denied, "an agent makes no grants");
    if (op.cap < 0 || op.time <= now || op.words.empty()) return no(Family::invalid, "numbers");
    if (!known_keys.insert(op.key).second) return no(Family::conflict, "the key is in use");
    grants[index] = {
        op.actor,
        op.key,
        op.cap,
        0,
        op.time,
        false,
        op.currency,
        {op.words.begin(), op.words.end()},
        {op.list.begin(), op.list.end()}
    };
    Outcome out;
    out.numbers["grant"] = index;
    return out;
}

Outcome Model::create_project(const Op& op) {
    const std::string name = "p/" + std::to_string(op.actor) + '/' + op.external;
    if (!externals_.insert(name).second) return no(Family::conflict, "the name is in use");
    const Int number = static_cast<Int>(projects.size());
    projects[number].requester = op.actor;
    Outcome out;
    out.numbers["project"] = number;
    return out;
}

Outcome Model::create_batch(const Op& op) {
    const auto project = projects.find(op.project);
    if (project == projects.end()) return no(Family::conflict, "no such project");
    if (project->second.requester != op.actor) return no(Family::denied, "of another requester");
    const std::string name = "b/" + std::to_string(op.actor) + '/' + op.external;
    if (externals_.contains(name)) return no(Family::conflict, "the name is in use");
    const Terms& t = op.terms;
    if (std::find(currencies.begin(), currencies.end(), t.currency) == currencies.end()) {
        return no(Family::invalid, "currency");
    }
    if (t.price_micros < 1 || t.overlap < 1 || t.level < 0 || t.level > 5 || t.estimate_s < 1) {
        return no(Family::invalid, "numbers");
    }
    if (const auto floor = rules_.floor.find(t.currency); floor != rules_.floor.end()) {
        const auto hourly = static_cast<Wide>(floor->second) * micros_per_minor(t.currency);
        if (t.price_micros < ceil_div(hourly * t.estimate_s, 3600)) {
            return no(Family::invalid, "below the floor");
        }
    }
    externals_.insert(name);
    Batch batch;
    batch.number = static_cast<Int>(batches.size());
    batch.project = op.project;
    batch.requester = op.actor;
    batch.terms = t;
    batch.terms_hash = op.terms_seen;
    Outcome out;
    out.numbers["batch"] = batch.number;
    batches[batch.number] = std::move(batch);
    return out;
}

Outcome Model::own_batch(const Op& op) const {
    const auto at = batches.find(op.batch);
    if (at == batches.end()) return no(Family::conflict, "no such batch");
    if (at->second.requester != op.actor) return no(Family::denied, "of another requester");
    if (op.grant >= 0) {
        const auto& named = grants.at(op.grant).batches;
        if (!named.empty() && !named.contains(op.batch))
            return no(Family::denied, "batch not granted");
    }
    return {};
}

Outcome Model::import_tasks(const Op& op) {
    if (auto own = own_batch(op); own.family != Family::ok) return own;
    Batch& batch = batches.at(op.batch);
    if (batch.stage != Stage::draft) return no(Family::conflict, "it has its tasks");
    if (op.count < 1 || op.chunks < 1 || op.chunks > op.count) return no(Family::invalid, "count");
    const bool test = batch.terms.qualifies_level != 0;
    if (test && (op.count > batch.terms.bundle_max || op.count < batch.terms.qualifies_pass))
        return no(Family::invalid, "a test that nobody can hand in, or pass");
    for (const auto& [number, other] : batches) {
        if (other.requester == batch.requester && other.stage == Stage::importing)
            return no(Family::later, "another import");
    }
    batch.tasks = op.count;
    batch.own = op.own;
    batch.stage = Stage::importing;
    return {};
}

Own Batch::of(Int task) const {
    Own all{terms.price_micros, terms.overlap, 0};
    const auto at = own.find(task);
    if (at == own.end()) return all;
    if (at->second.price != 0) all.price = at->second.price;
    if (at->second.overlap != 0) all.overlap = at->second.overlap;
    all.expires = at->second.expires;
    return all;
}

Int Batch::taken_of(Int task) const {
    const auto at = taken.find(task);
    return at == taken.end() ? 0 : at->second;
}

Int Batch::hold(Int bps) const {
    const Int unit = micros_per_minor(terms.currency);
    Wide labour = 0;
    Int rounding = 0;
    for (Int task = 0; task < tasks; ++task) {
        const Own all = of(task);
        const Int slots = ended.contains(task) ? taken_of(task) : all.overlap;
        labour += static_cast<Wide>(all.price) * slots;
        if (all.price % unit != 0) rounding += slots;
    }
    return ceil_div(labour, unit) + ceil_div(labour * bps, static_cast<Wide>(unit) * 10'000)
           + rounding;
}

Outcome Model::publish(const Op& op) {
    if (auto own = own_batch(op); own.family != Family::ok) return own;
    Batch& batch = batches.at(op.batch);
    if (batch.stage != Stage::ready) return no(Family::conflict, "not ready");
    const Int held = batch.hold(rules_.fee_bps);
    const std::string owner = "r:" + std::to_string(op.actor);
    const std::string& currency = batch.terms.currency;
    if (-balance("escrow", owner, currency) < held) return no(Family::later, "not covered");
    if (!covered_by_grant(op, held, currency)) return no(Family::denied, "over the cap");
    move({"escrow", owner, currency}, {"hold", "b:" + std::to_string(op.batch), currency}, held);
    spend(op, held);
    batch.fee_bps = rules_.fee_bps;
    batch.stage = Stage::open;
    Outcome out;
    out.numbers["held"] = held;
    return out;
}

Outcome Model::close_batch(const Op& op, Int now) {
    if (auto own = own_batch(op); own.family != Family::ok) return own;
    Batch& batch = batches.at(op.batch);
    if (batch.stage == Stage::draft || batch.stage == Stage::ready) {
        batch.stage = Stage::closed; // nothing was held
        Outcome given_up;
        given_up.numbers["released"] = 0;
        return given_up;
    }
    if (batch.stage != Stage::open) return no(Family::conflict, "not open");
    if (batch.submitted != batch.accepted) return no(Family::later, "undecided work");
    for (const auto& [member, lease] : batch.leases) {
        if (now >= lease.until) continue;
        batch.to_close = now + batch.terms.lease_ms + 10 * 60 * 1000;
        return no(Family::later, "work in hand");
    }
    const std::string hold = "b:" + std::to_string(op.batch);
    const Int left = -balance("hold", hold, batch.terms.currency);
    move(
        {"hold", hold, batch.terms.currency},
        {"escrow", "r:" + std::to_string(op.actor), batch.terms.currency},
        left
    );
    batch.stage = Stage::closed;
    Outcome out;
    out.numbers["released"] = left;
    return out;
}

Outcome Model::claim(const Op& op, Int now) {
    const auto at = batches.find(op.batch);
    if (at == batches.end() || at->second.stage != Stage::open)
        return no(Family::conflict, "not open");
    Batch& batch = at->second;
    const auto member = members.find(op.actor);
    if (member == members.end()) return no(Family::denied, "not a member");
    if (!member->second.languages.contains(batch.terms.language))
        return no(Family::denied, "language");
    const auto skill = member->second.skills.find(batch.terms.domain);
    const Int level = skill == member->second.skills.end() ? 0 : skill->second;
    const Int grants_level = batch.terms.qualifies_level;
    if (grants_level == 0 && level < batch.terms.level) return no(Family::denied, "skill");
    if (grants_level != 0 && level >= grants_level) return no(Family::done, "qualified");
    Outcome out;
    out.until = now + batch.terms.lease_ms;
    const auto mine = batch.leases.find(op.actor);
    const bool holds = mine != batch.leases.end() && now < mine->second.until;
    const Int most = grants_level != 0 ? batch.tasks : std::min(op.count, batch.terms.bundle_max);
    for (const Int task : op.list) {
        if (static_cast<Int>(out.tasks.size()) >= most) break;
        if (task < 0 || task >= batch.tasks || batch.works.contains({task, op.actor})) continue;
        Int taken = batch.taken_of(task);
        for (const auto& [holder, lease] : batch.leases) {
            if (holder == op.actor || now >= lease.until) continue;
            taken += std::count(lease.tasks.begin(), lease.tasks.end(), task);
        }
        const Own own = batch.of(task);
        if (taken >= own.overlap) continue;
        if (own.expires != 0 && now >= own.expires) {
            // Only for who has it in hand, and for no longer than they were told.
            if (!holds) continue;
            const auto& held = mine->second.tasks;
            if (std::find(held.begin(), held.end(), task) == held.end()) continue;
            out.until = std::min(out.until, mine->second.until);
        }
        out.tasks.push_back(task);
    }
    if (out.tasks.empty()) return no(Family::later, "none free");
    if (grants_level != 0 && static_cast<Int>(out.tasks.size()) < batch.tasks)
        return no(Family::later, "others hold a part of the test");
    std::sort(out.tasks.begin(), out.tasks.end());
    batch.leases[op.actor] = {out.until, out.tasks};
    return out;
}

Outcome Model::put_off(const Op& claim, Int now) const {
    Model trial = *this;
    auto out = trial.carry_out(claim, now, 0);
    if (out.family != Family::ok && out.family != Family::later) return out;
    return now < batches.at(claim.batch).to_close ? no(Family::later, "to be closed") : out;
}

Outcome Model::submit(const Op& op, Int now) {
    const auto at = batches.find(op.batch);
    if (at == batches.end() || at->second.stage != Stage::open)
        return no(Family::conflict, "not open");
    Batch& batch = at->second;
    if (op.terms_seen != batch.terms_hash) return no(Family::conflict, "other terms");
    const Int answers = static_cast<Int>(op.list.size());
    if (answers < 1 || answers > batch.terms.bundle_max) return no(Family::invalid, "bundle");
    if (batch.terms.qualifies_level != 0 && answers != batch.tasks)
        return no(Family::invalid, "test in parts");
    const auto lease = batch.leases.find(op.actor);
    if (lease == batch.leases.end() || now >= lease->second.until)
        return no(Family::conflict, "lease over");
    Int before = -1;
    for (const Int task : op.list) {
        if (task <= before || task >= batch.tasks) return no(Family::invalid, "order");
        before = task;
        if (batch.works.contains({task, op.actor})) return no(Family::done, "submitted before");
        const auto& held = lease->second.tasks;
        if (std::find(held.begin(), held.end(), task) == held.end())
            return no(Family::conflict, "not held");
        const Own own = batch.of(task);
        if (batch.taken_of(task) >= own.overlap) return no(Family::conflict, "full");
        const Int named = op.own.contains(task) ? op.own.at(task).price : 0;
        const Int price = batch.own.contains(task) ? batch.own.at(task).price : 0;
        if (named != price) return no(Family::conflict, "another price");
        if (own.expires != 0 && now >= own.expires + batch.terms.lease_ms)
            return no(Family::conflict, "expired");
    }
    Outcome out;
    out.numbers["accepted_by"] = now + batch.terms.accept_ms;
    for (const Int task : op.list) {
        ++batch.taken[task];
        ++batch.submitted;
        batch.works[{task, op.actor}] = {now + batch.terms.accept_ms, false};
        std::erase(lease->second.tasks, task);
    }
    if (lease->second.tasks.empty()) batch.leases.erase(lease);
    return out;
}

} // namespace handprint::sim
