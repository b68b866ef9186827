#pragma once

// Numbers that no single command may pass, whoever signs it. Decided when an entry is made, and
// looked at again by an audit that can only fold it.

#include "node/market/rows.hpp"

#include <string_view>

namespace handprint::market {

/// Minor units that one funding, refund, licence fee, surplus or batch may be of. What an account
/// has moved in all fits in 64 bits for 40 million of them.
inline constexpr Int most_amount = 100'000'000'000;

struct RuleLimit {
    Int most;
    const char* words; // a sentence
};

/// The most that a rule of this name may be set to. None is below zero.
[[nodiscard]] RuleLimit limit_of_rule(std::string_view name);

} // namespace handprint::market
