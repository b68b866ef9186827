#include "node/market/carry_out.hpp"

#include "node/market/apply.hpp"
#include "node/market/area.hpp"

#include <utility>

namespace handprint::market {

namespace {

Int rules_so_far(const State& state) {
    const auto* coop = state.find<CoopRow>(1);
    return coop == nullptr ? 0 : coop->rules;
}

Result<SealedEntry, Refusal> apply_and_seal(
    State& state,
    const Request& request,
    const Context& context,
    const Draft& draft,
    const SaltSource& salt
) {
    const Int rules = rules_so_far(state);
    apply(state, draft.events, {context.index, context.now, request.grant});
    const auto opened = apply_postings(state, draft.postings);
    if (auto broken = broken_invariant(state, draft.events, draft.postings); !broken.empty()) {
        return area::refuse(Family::invalid, "invariant_broken", std::move(broken));
    }
    auto sealed = seal_entry(state, request, draft, context.now, rules, opened, salt);
    if (!sealed) return area::refuse(Family::invalid, "entry_too_large", sealed.error().what);
    state.put(CommandRow{request.id.hex(), request.actor, context.index});
    for (const MemberDraft& member : draft.members) {
        apply_link(state, member.member, sealed->entry.leaf);
    }
    return std::move(*sealed);
}

} // namespace

Result<Done, Refusal>
carry_out(State& state, const Request& request, const Context& context, const SaltSource& salt) {
    auto draft = decide(state, request, context);
    if (!draft) return unexpected(std::move(draft).error());
    state.begin();
    auto sealed = apply_and_seal(state, request, context, *draft, salt);
    if (!sealed) {
        state.discard();
        return unexpected(std::move(sealed).error());
    }
    state.keep();
    return Done{std::move(*sealed), std::move(draft->events), request.grant};
}

} // namespace handprint::market
