#pragma once

// What decide() answers when it says yes: the content of an entry before index, chain links and
// salts are known. seal_entry() (entry_seal.hpp) makes the entry of it.

#include "ledger/record/json.hpp"
#include "node/market/event.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

/// Positive is debit.
struct Posting {
    std::string account; // "class/owner"
    std::string currency;
    Int amount = 0;

    bool operator==(const Posting&) const = default;
};

/// One line of a member's part; positive is in the member's favour.
struct Line {
    std::string account; // class: payable, in_transit
    std::string currency, what;
    Int amount = 0;
    std::optional<Int> batch{}, task{}, distribution{}, payout{}, period{}, position{};
    std::optional<Hash> blind{};

    bool operator==(const Line&) const = default;
};

/// The part of a member whose chain the entry extends.
struct MemberDraft {
    Int member = 0;
    std::vector<Line> lines{};
    std::vector<AnswerRef> answers{}; // kind submit
    bool signed_here = false;         // the envelope goes into this part
    bool states_keys = false;         // kinds that change the member's keys
};

struct Draft {
    std::string kind;
    std::string authority; // actor, agent, clock
    std::string by;        // party text
    std::vector<Event> events;
    std::vector<Posting> postings;
    std::vector<MemberDraft> members; // by ordinal
    std::string evidence_role;        // role of the part that holds the envelope unless a member's
};

} // namespace handprint::market
