// Who is who: genesis, registration, keys, grants, rules, the clock.

#include "ledger/base/money.hpp"
#include "ledger/merkle/key_change.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/market/area.hpp"
#include "node/market/limits.hpp"
#include "node/market/party_keys.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace handprint::market::area {

Unexpected<Refusal> bad_key(const char* field) {
    return refuse(Family::invalid, "bad_key", "An Ed25519 key in padded base64.", field);
}

Result<void, Refusal> free_key(const Case& c, const std::string& key, const char* field) {
    if (!is_key(key)) return bad_key(field);
    if (c.state.find<KeyRow>(key) == nullptr) return {};
    return refuse(Family::conflict, "key_in_use", "This key is registered already.", field);
}

Result<void, Refusal> holder_only(const Case& c) {
    if (with_holder(c.request.actor, [](auto, Int) {})) return {};
    return refuse(
        Family::invalid, "not_a_holder", "Only a member or a requester has keys of its own."
    );
}

void about_keys(Draft& draft, std::string_view party, bool states) {
    const Int member = ordinal_of(party, 'm');
    if (member == never) return; // a requester has no chain
    draft.evidence_role.clear();
    auto& part = member_part(draft, member);
    part.signed_here = true;
    part.states_keys = states;
}

bool is_language(const std::string& text) {
    return text.size() >= 2 && text.size() <= 3
           && std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

namespace {

/// What a rule may be set to. A wait that protects people may be made longer and not shorter: else
/// one delegate could take away what two are needed for.
Result<void, Refusal> check_rule(const std::string& name, Int value, Int least_wait) {
    const RuleLimit limit = limit_of_rule(name);
    const auto bad = [](const char* detail) {
        return refuse(Family::invalid, "bad_value", detail, "value");
    };
    if (value < 0) return bad("A rule is zero or more.");
    if (value > limit.most) return bad(limit.words);
    if (name.ends_with("_wait_ms") && value < least_wait)
        return bad("A wait is not shorter than it is now.");
    return {};
}

/// The policy with the log's new key, if the note names one and both keys signed it.
Result<std::string> policy_after(const CoopRow& coop, const std::string& text) {
    const auto key = merkle::read_key_change(text);
    if (!key) return unexpected(key.error());
    const auto policy = merkle::Policy::parse(coop.policy);
    HP_CHECK(policy.has_value(), "genesis checked the policy");
    const bool by_old =
        std::any_of(policy->logs().begin(), policy->logs().end(), [&](const auto& log) {
            return log.key.name == coop.origin && log.key == key->old_key;
        });
    if (!by_old) return fail("The key that signs it away is not that of the log.");
    return merkle::with_log_key(coop.policy, key->new_key);
}

constexpr std::array<std::string_view, 8> grantable = {
    "accept",
    "close_batch",
    "create_batch",
    "create_project",
    "import_tasks",
    "publish",
    "refund",
    "revoke_grant"
};

/// The keys that a newcomer brings. The one of its device has signed.
template <class C>
Result<std::vector<NamedKey>, Refusal> own_keys(const Case& c, const C& command) {
    if (c.request.actor != "new" || command.key != c.request.key) {
        return refuse(
            Family::invalid, "key_mismatch", "A newcomer signs with the key it brings.", "key"
        );
    }
    if (!is_key(command.key)) return bad_key("key");
    std::vector<NamedKey> keys{{command.key, "device"}};
    if (!command.recovery) return keys;
    if (*command.recovery == command.key) {
        return refuse(Family::conflict, "key_in_use", "The same key cannot be both.", "recovery");
    }
    if (auto ok = free_key(c, *command.recovery, "recovery"); !ok) {
        return unexpected(std::move(ok).error());
    }
    keys.push_back({*command.recovery, "recovery"});
    return keys;
}

} // namespace

Decision decide(const Case& c, const Genesis& command) {
    if (c.context.index != 0) {
        return refuse(Family::done, "already_founded", "The ledger has its first entry.");
    }
    if (command.delegates.empty() || command.delegates.front() != c.request.key) {
        return refuse(
            Family::invalid,
            "not_a_founder",
            "Genesis is signed by the first delegate.",
            "delegates"
        );
    }
    if (const auto ok = record::check_fixed_names({command.formats, command.domains}); !ok) {
        return refuse(Family::invalid, "format_differs", ok.error().what, ok.error().field);
    }
    std::set<std::string> keys;
    for (const auto& key : command.delegates) {
        if (!is_key(key) || !keys.insert(key).second) return bad_key("delegates");
    }
    // Named only: a founder enrols as everybody does, so that every member's chain begins with what
    // the member signed.
    for (const auto& key : command.founders) {
        if (!is_key(key) || !keys.insert(key).second) return bad_key("founders");
    }
    if (!is_key(command.clock_key)) return bad_key("clock_key");
    if (!is_key(command.promise_key)) return bad_key("promise_key");
    if (const auto policy = merkle::Policy::parse(command.policy); !policy) {
        return refuse(Family::invalid, "bad_policy", policy.error().what, "policy");
    }
    if (command.currencies.empty()) {
        return refuse(Family::invalid, "no_currency", "At least one currency.", "currencies");
    }
    std::set<std::string_view> currencies;
    for (const auto& currency : command.currencies) {
        if (!Currency::parse(currency) || !currencies.insert(currency).second) {
            return refuse(
                Family::invalid, "unknown_currency", "Three letters A-Z, each once.", "currencies"
            );
        }
    }
    Draft draft;
    draft.kind = Genesis::kind;
    draft.by = c.request.actor;
    draft.authority = "actor";
    draft.evidence_role = "delegate";
    draft.events.push_back(GenesisDone{
        command.clock_key,
        command.origin,
        command.policy,
        command.promise_key,
        command.currencies,
        command.domains,
        command.formats,
        command.founders
    });
    for (const auto& rule : default_rules()) {
        Int value = rule.value;
        for (const auto& given : command.rules) {
            if (given.name == rule.name) value = given.value;
        }
        draft.events.push_back(RuleEnacted{0, value, rule.name});
    }
    for (const auto& given : command.rules) {
        const auto& known = default_rules();
        const bool is_known = std::any_of(known.begin(), known.end(), [&](const RuleValue& r) {
            return r.name == given.name;
        });
        if (!is_known) {
            return refuse(Family::invalid, "unknown_rule", "No such rule: " + given.name, "rules");
        }
        if (const auto ok = check_rule(given.name, given.value, 0); !ok) {
            return unexpected(ok.error());
        }
    }
    Int ordinal = 0;
    for (const auto& key : command.delegates)
        draft.events.push_back(DelegateNamed{ordinal++, key});
    return draft;
}

Decision decide(const Case& c, const EnrolMember& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    auto keys = own_keys(c, command);
    if (!keys) return unexpected(std::move(keys).error());
    MemberEnrolled event;
    event.member = c.coop().members;
    event.keys = std::move(*keys);
    event.languages = command.languages;
    std::sort(event.languages.begin(), event.languages.end());
    const bool unique =
        std::adjacent_find(event.languages.begin(), event.languages.end()) == event.languages.end();
    if (event.languages.empty() || event.languages.size() > 16 || !unique
        || !std::all_of(event.languages.begin(), event.languages.end(), is_language)) {
        return refuse(
            Family::invalid,
            "bad_languages",
            "1 to 16 different language codes of two or three letters, such as \"en\".",
            "languages"
        );
    }
    about_keys(*draft, party('m', event.member), true);
    draft->events.push_back(std::move(event));
    return draft;
}

Decision decide(const Case& c, const AddKey& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (auto ok = holder_only(c); !ok) return unexpected(std::move(ok).error());
    if (command.role != "device" && command.role != "recovery") {
        return refuse(Family::invalid, "bad_role", "A role is device or recovery.", "role");
    }
    if (auto ok = free_key(c, command.key, "key"); !ok) return unexpected(std::move(ok).error());
    draft->events.push_back(KeyAdded{command.key, c.request.actor, command.role});
    about_keys(*draft, c.request.actor, true);
    return draft;
}

Decision decide(const Case& c, const RevokeKey& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (auto ok = holder_only(c); !ok) return unexpected(std::move(ok).error());
    const auto* key = c.state.find<KeyRow>(command.key);
    if (key == nullptr || key->party != c.request.actor || key->revoked != never) {
        return refuse(Family::conflict, "key_unknown", "No valid key of yours.", "key");
    }
    const auto holder = holder_of(c.state, c.request.actor);
    if (holder && holder->valid_keys == command.key) {
        return refuse(Family::conflict, "last_key", "The last key cannot be revoked.", "key");
    }
    draft->events.push_back(KeyRevoked{command.key, c.request.actor});
    about_keys(*draft, c.request.actor, true);
    return draft;
}

Decision decide(const Case& c, const RegisterRequester& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    auto keys = own_keys(c, command);
    if (!keys) return unexpected(std::move(keys).error());
    draft->evidence_role = "requester";
    draft->events.push_back(RequesterRegistered{c.coop().requesters, std::move(*keys)});
    return draft;
}

Decision decide(const Case& c, const MakeGrant& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const Int requester = ordinal_of(c.request.actor, 'r');
    if (requester == never || c.request.grant != never) {
        return refuse(
            Family::denied, "not_a_requester", "A requester signs grants with a key of its own."
        );
    }
    if (!is_key(command.key)) return bad_key("key");
    if (c.state.find<KeyRow>(command.key) != nullptr) {
        return refuse(Family::conflict, "key_in_use", "An agent key serves one grant.", "key");
    }
    if (!known_currency(c.coop(), command.currency)) {
        return refuse(
            Family::invalid, "unknown_currency", "Not a currency of this ledger.", "currency"
        );
    }
    if (command.cap.minor < 0) {
        return refuse(Family::invalid, "bad_amount", "A cap is zero or more.", "cap");
    }
    if (command.expires <= c.context.now) {
        return refuse(Family::invalid, "expired", "A grant ends in the future.", "expires");
    }
    if (command.kinds.empty()) {
        return refuse(Family::invalid, "no_kinds", "A grant names kinds of command.", "kinds");
    }
    const std::set<std::string> different(command.kinds.begin(), command.kinds.end());
    for (const auto& kind : command.kinds) {
        if (std::find(grantable.begin(), grantable.end(), kind) == grantable.end()
            || different.size() != command.kinds.size()) {
            return refuse(
                Family::invalid, "bad_kind", "Not to be granted, or twice: " + kind, "kinds"
            );
        }
    }
    draft->events.push_back(Granted{
        command.batches.value_or(std::vector<Int>{}),
        command.cap,
        command.currency,
        command.key,
        command.expires,
        requester,
        command.kinds
    });
    return draft;
}

Decision decide(const Case& c, const RevokeGrant& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* grant = c.state.find<GrantRow>(command.grant);
    if (grant == nullptr || party('r', grant->requester) != c.request.actor) {
        return refuse(Family::conflict, "not_granted", "No such grant of yours.", "grant");
    }
    if (grant->revoked != never) {
        return refuse(Family::done, "grant_revoked", "The grant was revoked before.", "grant");
    }
    draft->events.push_back(GrantRevoked{command.grant});
    return draft;
}

Decision decide(const Case& c, const SetRule& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (ordinal_of(c.request.actor, 'd') == never) {
        return refuse(Family::denied, "not_a_delegate", "Rules are entered by a delegate.");
    }
    if (c.state.find<RuleRow>(command.name) == nullptr) {
        return refuse(Family::invalid, "unknown_rule", "No such rule.", "name");
    }
    const Int now_in_force = rule(c.state, command.name.c_str(), c.context.now);
    if (const auto ok = check_rule(command.name, command.value, now_in_force); !ok) {
        return unexpected(ok.error());
    }
    const Int from = command.from == 0 ? c.context.now : command.from; // 0: at once
    if (from < c.context.now) {
        return refuse(Family::invalid, "in_the_past", "A rule holds from now on or later.", "from");
    }
    draft->events.push_back(RuleEnacted{from, command.value, command.name});
    return draft;
}

Decision decide(const Case& c, const RotateLogKey& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    auto policy = policy_after(c.coop(), command.note);
    if (!policy) {
        return refuse(Family::invalid, "bad_log_key", std::move(policy).error().what, "note");
    }
    draft->events.push_back(LogKeyRotated{std::move(*policy)});
    return draft;
}

Decision decide(const Case& c, const ConfirmClock& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (ordinal_of(c.request.actor, 'd') == never) {
        return refuse(Family::denied, "not_a_delegate", "The clock is confirmed by a delegate.");
    }
    constexpr Int apart = 5 * 60 * 1000;
    if (command.time > c.context.now + apart || command.time < c.context.now - apart) {
        return refuse(
            Family::invalid,
            "clock_differs",
            "Your clock and the node's differ by over 5 minutes.",
            "time"
        );
    }
    draft->events.push_back(ClockConfirmed{command.time});
    return draft;
}

} // namespace handprint::market::area
