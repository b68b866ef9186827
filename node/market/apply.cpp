#include "node/market/apply.hpp"

#include "node/market/applier.hpp"
#include "node/market/external.hpp"
#include "node/market/parties.hpp"
#include "node/market/reference.hpp"

namespace handprint::market {

void Applier::new_account(const std::string& name, const std::string& currency) const {
    state.load(key_of<AccountRow>(name, currency), std::nullopt);
}

void Applier::name(Int requester, const char* kind, const Hash& hash, Int ordinal, Int task) const {
    const std::string of = party('r', requester);
    state.put(ExternalRow{external_name(of, kind, hash), ordinal, task});
}

void Applier::spend(Int amount) const {
    if (facts.grant == never) return;
    auto grant = state.get<GrantRow>(facts.grant);
    grant.spent += amount;
    state.put(grant);
}

void Applier::used(const Hash& reference, Int payout, Int refund) const {
    std::string name = reference_name(reference);
    if (state.find<ReferenceRow>(name) != nullptr) return;
    state.put(ReferenceRow{std::move(name), facts.index, payout, refund});
}

void apply(State& state, std::span<const Event> events, const EntryFacts& facts) {
    const Applier applier{state, facts};
    for (const Event& event : events)
        std::visit(applier, event);
}

} // namespace handprint::market
