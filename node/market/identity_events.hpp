#pragma once

// Who is who: what happened to registration, keys, grants, rules and the clock. A part of
// event.hpp.

#include "node/market/values.hpp"

#include <string>
#include <vector>

namespace handprint::market {

struct GenesisDone {
    static constexpr const char* type = "genesis";
    std::string clock_key, origin, policy, promise_key;
    std::vector<std::string> currencies, domains, formats, founders;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("clock_key", e.clock_key), f("currencies", e.currencies), f("domains", e.domains);
        f("formats", e.formats), f("founders", e.founders), f("origin", e.origin);
        f("policy", e.policy), f("promise_key", e.promise_key);
    }
};

struct RuleEnacted {
    static constexpr const char* type = "rule_enacted";
    Int from = 0, value = 0;
    std::string name;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("from", e.from), f("name", e.name), f("value", e.value);
    }
};

struct DelegateNamed {
    static constexpr const char* type = "delegate_named";
    Int delegate = 0;
    std::string key;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("delegate", e.delegate), f("key", e.key);
    }
};

struct MemberEnrolled {
    static constexpr const char* type = "member_enrolled";
    Int member = 0;
    std::vector<std::string> languages;
    std::vector<NamedKey> keys;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("keys", e.keys), f("languages", e.languages), f("member", e.member);
    }
};

struct KeyAdded {
    static constexpr const char* type = "key_added";
    std::string key, party, role;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("key", e.key), f("party", e.party), f("role", e.role);
    }
};

struct KeyRevoked {
    static constexpr const char* type = "key_revoked";
    std::string key, party;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("key", e.key), f("party", e.party);
    }
};

struct ReenrolmentProposed {
    static constexpr const char* type = "reenrolment_proposed";
    Int delegate = 0, from = 0;
    std::string key, party;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("delegate", e.delegate), f("from", e.from), f("key", e.key), f("party", e.party);
    }
};

struct ReenrolmentRefused {
    static constexpr const char* type = "reenrolment_refused";
    std::string party;
    Int proposal = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("party", e.party), f("proposal", e.proposal);
    }
};

/// All keys that the party had are over; the new one is a device.
struct Reenrolled {
    static constexpr const char* type = "reenrolled";
    Int delegate = 0, proposal = 0;
    std::string key, party;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("delegate", e.delegate), f("key", e.key), f("party", e.party);
        f("proposal", e.proposal);
    }
};

struct RequesterRegistered {
    static constexpr const char* type = "requester_registered";
    Int requester = 0;
    std::vector<NamedKey> keys;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("keys", e.keys), f("requester", e.requester);
    }
};

struct Granted {
    static constexpr const char* type = "granted";
    std::vector<Int> batches;
    Amount cap;
    std::string currency, key;
    Int expires = 0, requester = 0;
    std::vector<std::string> kinds;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("batches", e.batches), f("cap", e.cap), f("currency", e.currency);
        f("expires", e.expires), f("key", e.key), f("kinds", e.kinds);
        f("requester", e.requester);
    }
};

struct GrantRevoked {
    static constexpr const char* type = "grant_revoked";
    Int grant = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("grant", e.grant);
    }
};

struct LogKeyRotated {
    static constexpr const char* type = "log_key_rotated";
    std::string policy; // in force from now on

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("policy", e.policy);
    }
};

struct ClockConfirmed {
    static constexpr const char* type = "clock_confirmed";
    Int time = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("time", e.time);
    }
};

} // namespace handprint::market
