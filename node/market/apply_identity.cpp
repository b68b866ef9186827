// Who is who: genesis, rules, keys, grants, the log key, the clock.

#include "node/market/applier.hpp"
#include "node/market/lists.hpp"
#include "node/market/parties.hpp"
#include "node/market/party_keys.hpp"

#include <algorithm>

namespace handprint::market {

void Applier::operator()(const GenesisDone& e) const {
    CoopRow row;
    row.origin = e.origin;
    row.policy = e.policy;
    row.currencies = join(e.currencies);
    row.clock_key = e.clock_key;
    row.promise_key = e.promise_key;
    row.clock_confirmed = facts.time;
    state.put(row);
}

void Applier::operator()(const RuleEnacted& e) const {
    const auto* old = state.find<RuleRow>(e.name);
    RuleRow row = old != nullptr ? *old : RuleRow{e.name, e.value, 0, never};
    if (old != nullptr) {
        if (row.next_from != never && row.next_from <= facts.time) row.value = row.next_value;
        row.next_value = e.value;
        row.next_from = e.from;
    }
    state.put(row);
    auto c = coop();
    ++c.rules;
    state.put(c);
}

void Applier::operator()(const DelegateNamed& e) const {
    state.put(KeyRow{e.key, party('d', e.delegate), "device", facts.index, never});
    auto c = coop();
    c.delegates = std::max(c.delegates, e.delegate + 1);
    c.delegate_keys += (c.delegate_keys.empty() ? "" : ",") + e.key;
    state.put(c);
}

void Applier::operator()(const MemberEnrolled& e) const {
    MemberRow row;
    row.member = e.member;
    row.enrolled = facts.index;
    row.languages = join(e.languages);
    row.valid_keys = first_keys(state, party('m', e.member), e.keys, facts.index);
    state.create(row);
    auto c = coop();
    c.members = e.member + 1;
    state.put(c);
}

void Applier::operator()(const KeyAdded& e) const {
    add_key(state, e.party, {e.key, e.role}, facts.index);
}

void Applier::operator()(const KeyRevoked& e) const {
    end_key(state, e.party, e.key, facts.index);
}

void Applier::operator()(const ReenrolmentProposed& e) const {
    const bool member = ordinal_of(e.party, 'm') != never;
    const char* act = member ? ReenrolMember::kind : ReenrolRequester::kind;
    state.create(ProposalRow{facts.index, act, e.delegate, e.from, e.party, e.key});
}

void Applier::operator()(const ReenrolmentRefused& e) const {
    answer_proposals(state, e.party, facts.index);
}

void Applier::operator()(const Reenrolled& e) const {
    replace_keys(state, e.party, e.key, facts.index);
    answer_proposals(state, e.party, facts.index);
}

void Applier::operator()(const RequesterRegistered& e) const {
    RequesterRow row;
    row.requester = e.requester;
    row.registered = facts.index;
    row.valid_keys = first_keys(state, party('r', e.requester), e.keys, facts.index);
    state.create(row);
    auto c = coop();
    c.requesters = e.requester + 1;
    state.put(c);
}

void Applier::operator()(const Granted& e) const {
    GrantRow row;
    row.grant = facts.index;
    row.requester = e.requester;
    row.key = e.key;
    row.kinds = join(e.kinds);
    row.currency = e.currency;
    row.batches = join(e.batches);
    row.cap = e.cap.minor;
    row.expires = e.expires;
    state.create(row);
    state.put(KeyRow{e.key, "g:" + std::to_string(facts.index), "agent", facts.index, never});
}

void Applier::operator()(const GrantRevoked& e) const {
    auto row = state.get<GrantRow>(e.grant);
    row.revoked = facts.index;
    state.put(row);
    auto key = state.get<KeyRow>(row.key);
    key.revoked = facts.index;
    state.put(key);
}

void Applier::operator()(const LogKeyRotated& e) const {
    auto c = coop();
    c.policy = e.policy;
    state.put(c);
}

void Applier::operator()(const ClockConfirmed& e) const {
    auto c = coop();
    c.clock_confirmed = e.time;
    state.put(c);
}

} // namespace handprint::market
