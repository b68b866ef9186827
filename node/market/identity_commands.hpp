#pragma once

// Who is who: what can be asked about genesis, registration, keys, grants, rules and the clock. A
// part of command.hpp.

#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

/// `domains` and `formats` are the lists of ledger/record/fixed_names.hpp.
struct Genesis {
    static constexpr const char* kind = "genesis";
    std::string clock_key, origin, policy, promise_key;
    std::vector<std::string> currencies, delegates, domains, formats, founders;
    std::vector<RuleValue> rules;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("clock_key", c.clock_key), f("currencies", c.currencies), f("delegates", c.delegates);
        f("domains", c.domains), f("formats", c.formats), f("founders", c.founders);
        f("origin", c.origin), f("policy", c.policy), f("promise_key", c.promise_key);
        f("rules", c.rules);
    }
};

struct EnrolMember {
    static constexpr const char* kind = "enrol_member";
    std::string key;
    std::vector<std::string> languages;
    std::optional<std::string> recovery;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("languages", c.languages), f("recovery", c.recovery);
    }
};

struct AddKey {
    static constexpr const char* kind = "add_key";
    std::string key, role;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("role", c.role);
    }
};

struct RevokeKey {
    static constexpr const char* kind = "revoke_key";
    std::string key;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key);
    }
};

/// A member or a requester who has lost every key: one delegate names the new one, the party can
/// object with any key that is still valid, and after the wait another delegate enrols it anew.
struct ProposeReenrolment {
    static constexpr const char* kind = "propose_reenrolment";
    std::string key;
    std::optional<Int> member{}, requester{}; // one of them

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("member", c.member), f("requester", c.requester);
    }
};

struct ObjectReenrolment {
    static constexpr const char* kind = "object_reenrolment";
    Int proposal = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("proposal", c.proposal);
    }
};

struct ReenrolMember {
    static constexpr const char* kind = "reenrol_member";
    std::string key;
    Int member = 0, proposal = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("member", c.member), f("proposal", c.proposal);
    }
};

struct ReenrolRequester {
    static constexpr const char* kind = "reenrol_requester";
    std::string key;
    Int proposal = 0, requester = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("proposal", c.proposal), f("requester", c.requester);
    }
};

struct RegisterRequester {
    static constexpr const char* kind = "register_requester";
    std::string key;
    std::optional<std::string> recovery{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("key", c.key), f("recovery", c.recovery);
    }
};

struct MakeGrant {
    static constexpr const char* kind = "grant";
    Amount cap;
    std::string currency, key;
    Int expires = 0;
    std::vector<std::string> kinds;
    std::optional<std::vector<Int>> batches;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("batches", c.batches), f("cap", c.cap), f("currency", c.currency);
        f("expires", c.expires), f("key", c.key), f("kinds", c.kinds);
    }
};

struct RevokeGrant {
    static constexpr const char* kind = "revoke_grant";
    Int grant = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("grant", c.grant);
    }
};

struct SetRule {
    static constexpr const char* kind = "set_rule";
    Int from = 0, value = 0;
    std::string name;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("from", c.from), f("name", c.name), f("value", c.value);
    }
};

/// `note` names the log's new key, signed by the old one and by the new one.
struct RotateLogKey {
    static constexpr const char* kind = "rotate_log_key";
    std::string note;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("note", c.note);
    }
};

struct ConfirmClock {
    static constexpr const char* kind = "confirm_clock";
    Int time = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("time", c.time);
    }
};

} // namespace handprint::market
