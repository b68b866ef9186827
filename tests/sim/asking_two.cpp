// What a driver asks of two delegates, and of the member whom it concerns.

#include "tests/sim/driver.hpp"

#include <algorithm>

namespace handprint::sim {

Op Driver::by_two() {
    const Int what = below(100);
    Op op = what < 35 ? release() : what < 80 ? new_key() : Op{};
    if (what >= 92) {
        op.kind = Kind::set_rule;
        op.external = what < 95   ? "open_books"
                      : what < 98 ? "release_wait_ms"
                                  : "reenrolment_wait_ms";
        op.number = what < 95 ? below(2) : 540'000 + 60'000 * below(14);
        if (what >= 95 && chance(3)) op.number = 366LL * 24 * 3'600'000;
    } else if (what >= 80) {
        op.kind = Kind::record_checkpoint;
        const char sorts[] = {'d', 'd', 'm', 'r'};
        op.as = sorts[below(4)];
        op.signed_at = node_.size();
        const Int over = model_.release_stands;
        if (over > 0 && chance(40)) op.signed_at = over + below(2); // just over it, or not
        if (chance(10)) op.checkpoint = Checkpoint::foreign;
    }
    const Int parties = op.kind == Kind::object_reenrolment ? 0
                        : op.as == 'm' ? static_cast<Int>(model_.members.size())
                        : op.as == 'r' ? static_cast<Int>(model_.requesters.size())
                                       : model_.delegates;
    if (parties > 0) op.actor = below(parties);
    // Mostly another delegate than the one who proposed it.
    const auto proposal = model_.proposals.find(op.proposal);
    const bool confirms = op.kind == Kind::release_payout || op.kind == Kind::reenrol;
    if (confirms && proposal != model_.proposals.end() && chance(80))
        op.actor = (proposal->second.delegate + 1) % model_.delegates;
    return op;
}

Int Driver::a_proposal(Kind act) {
    std::vector<Int> found;
    for (const auto& [index, proposal] : model_.proposals) {
        if (proposal.act == act || chance(2)) found.push_back(index);
    }
    if (found.empty() || chance(3)) return below(node_.size() + 2);
    // Mostly one of the newest.
    const Int newest = static_cast<Int>(found.size()) - 1;
    return found[static_cast<std::size_t>(newest - below(std::min<Int>(newest + 1, 4)))];
}

Op Driver::release() {
    Op op;
    if (model_.release_stands < 0 || chance(10)) {
        op.kind = Kind::propose_release;
        return op;
    }
    op.kind = Kind::release_payout;
    op.proposal = chance(80) ? model_.release_stands : a_proposal(Kind::release_payout);
    op.period = model_.periods + (chance(95) ? 0 : below(3) - 1);
    op.currency = model_.currencies[static_cast<std::size_t>(below(3))];
    return op;
}

Op Driver::new_key() {
    if (!model_.proposals.empty() && chance(65)) return confirm_key();
    Op op;
    op.kind = Kind::propose_reenrolment;
    op.about = chance(50) ? 'm' : 'r';
    op.lost = anybody(op.about) + (chance(5) ? 1 : 0);
    if (chance(12)) { // a key of somebody, or one that is proposed already
        auto at = model_.known_keys.begin();
        std::advance(at, below(static_cast<Int>(model_.known_keys.size())));
        op.key = *at;
        const auto other = model_.proposals.find(a_proposal(Kind::reenrol));
        if (chance(50) && other != model_.proposals.end() && other->second.key > 0)
            op.key = other->second.key;
    }
    return op;
}

Op Driver::confirm_key() {
    Op op;
    op.proposal = a_proposal(Kind::reenrol);
    const auto at = model_.proposals.find(op.proposal);
    const bool known = at != model_.proposals.end() && !at->second.party.empty();
    op.about = known ? at->second.party.front() : 'm';
    op.lost = known && chance(95) ? std::stoll(at->second.party.substr(2)) : anybody(op.about);
    if (chance(30)) {
        op.kind = Kind::object_reenrolment;
        op.as = op.about;
        op.actor = op.lost;
        const auto* keys = model_.keys_of(party_of(op));
        if (keys != nullptr && !keys->recovery.empty() && chance(40))
            op.with = *keys->recovery.begin();
        if (!model_.former_keys.empty() && chance(10)) op.with = *model_.former_keys.rbegin();
        return op;
    }
    op.kind = Kind::reenrol;
    if (chance(3)) op.about = op.about == 'm' ? 'r' : 'm';
    op.key = known && chance(95) ? at->second.key : 20'000'000 + next_id_;
    return op;
}

Int Driver::anybody(char sort) {
    const auto parties = sort == 'm' ? model_.members.size() : model_.requesters.size();
    return parties == 0 ? 0 : below(static_cast<Int>(parties));
}

Int Driver::end_of_a_wait() {
    constexpr Int far = 30 * 60'000;
    const Int now = node_.clock();
    std::vector<Int> ends;
    for (const auto& [index, proposal] : model_.proposals) {
        const Int end = proposal.from - below(2);
        if (end > now && end < now + far && model_.quiet_around(end, 1000)) ends.push_back(end);
    }
    return ends.empty() ? 0 : ends[static_cast<std::size_t>(below(static_cast<Int>(ends.size())))];
}

} // namespace handprint::sim
