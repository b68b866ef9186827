#include "node/market/decide.hpp"

#include "node/market/area.hpp"
#include "node/market/lists.hpp"

#include <algorithm>
#include <string>

namespace handprint::market {

const char* kind_of(const Command& command) {
    return std::visit(
        [](const auto& c) { return std::remove_cvref_t<decltype(c)>::kind; }, command
    );
}

const std::vector<RuleValue>& default_rules() {
    static const std::vector<RuleValue> rules = {
        {"fee_bps", 1000},
        {"floor_minor_per_hour/EUR", 1200},
        {"floor_minor_per_hour/KES", 30000},
        {"floor_minor_per_hour/USD", 725},
        {"lease_max_ms", 24 * 3600 * 1000},
        {"accept_max_ms", 14LL * 24 * 3600 * 1000},
        {"open_books", 0},
        {"payout_minimum_minor", 0},
        {"release_wait_ms", 24 * 3600 * 1000},
        {"reenrolment_wait_ms", 72 * 3600 * 1000},
        {"royalty_contributors_bps", 6000},
        {"royalty_operations_bps", 2000},
        {"royalty_reserve_bps", 1000},
        {"royalty_transition_bps", 1000},
    };
    return rules;
}

Int rule(const RuleRow& row, Int now) {
    return row.next_from != never && row.next_from <= now ? row.next_value : row.value;
}

Int rule(const State& state, const char* name, Int now) {
    return rule(state.get<RuleRow>(std::string_view(name)), now);
}

namespace {

/// The node's own: timers, steps of runs, grades. Nobody else's word makes them true.
template <class C>
constexpr bool is_of_the_clock =
    std::is_same_v<C, AutoAccept> || std::is_same_v<C, ImportChunk> || std::is_same_v<C, ImportSeal>
    || std::is_same_v<C, EndTasks> || std::is_same_v<C, DistributionChunk>
    || std::is_same_v<C, DistributionSeal> || std::is_same_v<C, PayoutChunk>
    || std::is_same_v<C, PayoutSeal> || std::is_same_v<C, Grade>;

} // namespace

Decision decide(const State& state, const Request& request, const Context& context) {
    const area::Case c{state, request, context};
    return std::visit(
        [&](const auto& command) -> Decision {
            using C = std::remove_cvref_t<decltype(command)>;
            if constexpr (makes_entry<C>) {
                if (!std::is_same_v<C, Genesis> && state.find<CoopRow>(1) == nullptr) {
                    return area::refuse(Family::later, "not_founded", "The ledger is empty.");
                }
                if (state.find<CommandRow>(request.id.hex(), request.actor) != nullptr) {
                    return area::refuse(
                        Family::done, "already_done", "This command was carried out before."
                    );
                }
                if (is_of_the_clock<C> && request.actor != "clock") {
                    return area::refuse(
                        Family::denied, "key_unknown", "Only the node's clock key signs this."
                    );
                }
                return area::decide(c, command);
            } else {
                HP_CHECK(false, "claims are decided by decide_claim");
            }
        },
        request.command
    );
}

namespace area {

namespace {

Result<void, Refusal> check_agent(const Case& c) {
    const auto* grant = c.state.find<GrantRow>(c.request.grant);
    if (grant == nullptr || grant->key != c.request.key) {
        return refuse(Family::denied, "not_granted", "No grant names this agent key.");
    }
    if (grant->revoked != never) {
        return refuse(Family::denied, "grant_revoked", "The grant was revoked.");
    }
    if (grant->expires <= c.context.now) {
        return refuse(Family::denied, "grant_expired", "The grant has expired.");
    }
    if (party('r', grant->requester) != c.request.actor) {
        return refuse(Family::denied, "not_granted", "The grant is of another requester.");
    }
    if (!has_word(grant->kinds, kind_of(c.request.command))) {
        return refuse(
            Family::denied, "kind_not_granted", "The grant does not cover this kind of command."
        );
    }
    return {};
}

Result<void, Refusal> check_actor(const Case& c) {
    const auto* key = c.state.find<KeyRow>(c.request.key);
    if (c.request.actor == "new") {
        if (key != nullptr) {
            return refuse(Family::conflict, "key_in_use", "This key is registered already.", "key");
        }
        return {};
    }
    if (key == nullptr || key->party != c.request.actor) {
        return refuse(
            Family::denied, "key_unknown", "The key that signed is not one of the actor."
        );
    }
    if (key->revoked != never) {
        return refuse(Family::denied, "key_revoked", "The key that signed was revoked.");
    }
    const bool for_keys = std::holds_alternative<AddKey>(c.request.command)
                          || std::holds_alternative<RevokeKey>(c.request.command)
                          || std::holds_alternative<ObjectReenrolment>(c.request.command);
    if (key->role == "recovery" && !for_keys) {
        return refuse(
            Family::denied,
            "recovery_key",
            "A recovery key can only add and revoke keys, and object to a re-enrolment."
        );
    }
    return {};
}

} // namespace

Decision begin(const Case& c) {
    Draft draft;
    draft.kind = kind_of(c.request.command);
    draft.by = c.request.actor;
    if (c.request.actor == "clock") {
        if (c.request.key != c.coop().clock_key) {
            return refuse(Family::denied, "key_unknown", "Not the node's clock key.");
        }
        draft.authority = "clock";
        draft.evidence_role = "clock";
        return draft;
    }
    const bool agent = c.request.grant != never;
    const auto allowed = agent ? check_agent(c) : check_actor(c);
    if (!allowed) return unexpected(allowed.error());
    draft.authority = agent ? "agent" : "actor";
    switch (c.request.actor[0]) {
    case 'r':
        draft.evidence_role = "requester";
        break;
    case 'd':
        draft.evidence_role = "delegate";
        break;
    default:
        break; // members and newcomers: the area says whose part holds the envelope
    }
    return draft;
}

Result<void, Refusal> within_cap(const Case& c, Int amount, const std::string& currency) {
    if (c.request.grant == never) return {};
    const auto& grant = c.state.get<GrantRow>(c.request.grant);
    if (grant.currency != currency || amount > grant.cap - grant.spent) {
        return refuse(
            Family::denied, "over_cap", "The grant's money cap does not cover this amount."
        );
    }
    return {};
}

Result<void, Refusal> grant_names(const Case& c, Int batch) {
    if (c.request.grant == never) return {};
    const auto named = split_numbers(c.state.get<GrantRow>(c.request.grant).batches);
    if (!named.empty() && std::find(named.begin(), named.end(), batch) == named.end()) {
        return refuse(
            Family::denied, "batch_not_granted", "The grant names other batches.", "batch"
        );
    }
    return {};
}

Result<void, Refusal> delegate_only(const Case& c) {
    if (ordinal_of(c.request.actor, 'd') == never) {
        return refuse(Family::denied, "not_a_delegate", "Only a delegate may do this.");
    }
    return {};
}

Result<void, Refusal> no_run_open(const Case& c) {
    if (c.coop().open_distribution != never || c.coop().open_payout != never) {
        return refuse(
            Family::later, "run_open", "A distribution or payout is under way; try again."
        );
    }
    return {};
}

void post(Draft& draft, std::string name, const std::string& currency, Int amount) {
    if (amount == 0) return;
    for (Posting& posting : draft.postings) {
        if (posting.account == name && posting.currency == currency) {
            posting.amount += amount;
            return;
        }
    }
    draft.postings.push_back({std::move(name), currency, amount});
}

MemberDraft& member_part(Draft& draft, Int member) {
    const auto at = std::lower_bound(
        draft.members.begin(),
        draft.members.end(),
        member,
        [](const MemberDraft& part, Int m) { return part.member < m; }
    );
    if (at != draft.members.end() && at->member == member) return *at;
    MemberDraft part;
    part.member = member;
    return *draft.members.insert(at, std::move(part));
}

bool known_currency(const CoopRow& coop, std::string_view currency) {
    return has_word(coop.currencies, currency);
}

Int balance(const State& state, const std::string& name, const std::string& currency) {
    const auto* row = state.find<AccountRow>(name, currency);
    return row == nullptr ? 0 : row->debits - row->credits;
}

} // namespace area
} // namespace handprint::market
