#pragma once

// Rows of who is who: the cooperative, its rules, keys, members, requesters and what they allowed.

#include "node/market/columns.hpp"

namespace handprint::market {

/// One row for the cooperative as a whole: identity, keys and the counters that give out ordinals.
struct CoopRow {
    Int id = 1;
    std::string origin, policy, currencies, clock_key, promise_key;
    std::string delegate_keys; // comma separated base64, by ordinal
    Int rules = 0, delegates = 0, members = 0, requesters = 0, projects = 0, batches = 0;
    Int distributions = 0, payouts = 0, refunds = 0, periods = 0;
    Int last_close = never;        // index of the newest period_closed
    Int open_distribution = never; // at most one of each run is open at a time
    Int open_payout = never;
    Int clock_confirmed = 0;      // a delegate vouched for the clock at this time
    Int open_release = never;     // index of the proposal to pay out without a quorum that stands
    Int uncovered = never;        // index of the newest such payout that no quorum has cosigned yet
    Int uncovered_period = never; // and the period that it paid out

    static constexpr const char* table = "coop";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("id", r.id), f("origin", r.origin), f("policy", r.policy), f("currencies", r.currencies);
        f("clock_key", r.clock_key), f("promise_key", r.promise_key);
        f("delegate_keys", r.delegate_keys), f("rules", r.rules);
        f("delegates", r.delegates), f("members", r.members), f("requesters", r.requesters);
        f("projects", r.projects), f("batches", r.batches), f("distributions", r.distributions);
        f("payouts", r.payouts), f("refunds", r.refunds), f("periods", r.periods);
        f("last_close", r.last_close), f("open_distribution", r.open_distribution);
        f("open_payout", r.open_payout), f("clock_confirmed", r.clock_confirmed);
        f("open_release", r.open_release), f("uncovered", r.uncovered);
        f("uncovered_period", r.uncovered_period);
    }
};

/// A business number. `next_value` comes into force at `next_from`.
struct RuleRow {
    std::string name;
    Int value = 0, next_value = 0, next_from = never;

    static constexpr const char* table = "rule";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("value", r.value), f("next_value", r.next_value);
        f("next_from", r.next_from);
    }
};

/// A public key and whom it speaks for. Valid for entries with from < index < revoked (if any).
struct KeyRow {
    std::string key;   // base64
    std::string party; // "m:12", "r:3", "d:0", or "g:<index>" for an agent key of a grant
    std::string role;  // device, recovery, agent
    Int since = 0, revoked = never;

    static constexpr const char* table = "party_key";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("key", r.key), f("party", r.party), f("role", r.role), f("since", r.since);
        f("revoked", r.revoked);
    }
};

struct MemberRow {
    Int member = 0;
    Int counter = 0;        // length of the member's chain
    Hash head{};            // head of the chain
    Int enrolled = 0;       // index
    std::string languages;  // comma separated, sorted
    std::string valid_keys; // comma separated base64, sorted
    Int answered = never;   // proposals of before this index are over: refused, or carried out

    static constexpr const char* table = "member";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("member", r.member), f("counter", r.counter), f("head", r.head);
        f("enrolled", r.enrolled), f("languages", r.languages), f("valid_keys", r.valid_keys);
        f("answered", r.answered);
    }
};

struct RequesterRow {
    Int requester = 0;
    Int registered = 0;     // index
    Int importing = never;  // the batch whose import is under way: one at a time
    std::string valid_keys; // as of a member
    Int answered = never;

    static constexpr const char* table = "requester";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("requester", r.requester), f("registered", r.registered), f("importing", r.importing);
        f("valid_keys", r.valid_keys), f("answered", r.answered);
    }
};

/// A requester's signed mandate to an agent key. Named by the index of its entry.
struct GrantRow {
    Int grant = 0;
    Int requester = 0;
    std::string key, kinds, currency, batches; // lists are comma separated, "" = any batch
    Int cap = 0, spent = 0, expires = 0, revoked = never;

    static constexpr const char* table = "mandate"; // GRANT is a word of SQL
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("grant_index", r.grant), f("requester", r.requester), f("key", r.key),
            f("kinds", r.kinds);
        f("currency", r.currency), f("batches", r.batches), f("cap", r.cap), f("spent", r.spent);
        f("expires", r.expires), f("revoked", r.revoked);
    }
};

/// What one delegate proposed and another may confirm. The row never changes; whether the proposal
/// still stands is said by the row of what it is about.
struct ProposalRow {
    Int proposal = 0;  // index of its entry
    std::string act;   // kind of the command that confirms it
    Int delegate = 0;  // who proposed it
    Int from = 0;      // it can be confirmed from this time on
    std::string party; // who is to be enrolled anew, if anybody, and by which key
    std::string key;

    static constexpr const char* table = "proposal";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("proposal", r.proposal), f("act", r.act), f("delegate", r.delegate);
        f("confirm_from", r.from), f("party", r.party), f("key", r.key);
    }
};

} // namespace handprint::market
