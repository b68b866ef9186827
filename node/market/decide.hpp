#pragma once

// The rules: what a command does, or why not. Pure: no clock, randomness, I/O or iteration in
// unspecified order; the same state, request and context give the same answer, which is how an
// audit decides every entry a second time.

#include "ledger/base/result.hpp"
#include "node/market/claims.hpp"
#include "node/market/draft.hpp"
#include "node/market/refusal.hpp"
#include "node/market/state.hpp"

#include <vector>

namespace handprint::market {

struct Context {
    Int now = 0;   // ms; the time of the entry
    Int index = 0; // the entry's index if there is one
    /// Nothing in an audit: claims are not in the ledger, the slots of a task are.
    const ClaimBook* claims = nullptr;
};

using Decision = Result<Draft, Refusal>;

/// The state must hold every key of common_keys() and of keys_of(request, state). Claims answer
/// with an empty draft.
[[nodiscard]] Decision decide(const State& state, const Request& request, const Context& context);

/// Adds the keys that every request reads (the cooperative, its rules) and the state does not know.
void common_keys(const State& state, std::vector<Key>& missing);

/// Whether keys_of() has named all. `more`: the rows of some keys may name others, so it is asked
/// again after the load, once, for two rounds are enough. `unless_made`: a row that would name
/// others is not there, so it is asked again right before the request is decided: an entry of the
/// same batch may have made that row.
enum class Named { all, more, unless_made };

/// Adds the keys that deciding and applying this request reads or writes and the state does not
/// know yet.
[[nodiscard]] Named keys_of(const Request& request, const State& state, std::vector<Key>& missing);

/// The value of a business number at a time. Absent rules are a bug: genesis sets all.
[[nodiscard]] Int rule(const State& state, const char* name, Int now);
[[nodiscard]] Int rule(const RuleRow& row, Int now);

/// Whether a checkpoint of that size covers a proposal to pay out without a quorum, or such a
/// payout, so that recording it changes something.
[[nodiscard]] bool is_answered_by(const CoopRow& coop, Int size);

/// What Claim gives: tasks taken, and until when.
struct ClaimAnswer {
    std::vector<Int> tasks;
    Int until = 0;
};

[[nodiscard]] Result<ClaimAnswer, Refusal>
decide_claim(const State& state, const Claim& claim, const Context& context);

/// Names of the rules and the values a new cooperative starts with (docs/rules.md says what each
/// does).
[[nodiscard]] const std::vector<RuleValue>& default_rules();

} // namespace handprint::market
