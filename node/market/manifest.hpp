#pragma once

// Rows of runs: how they are computed before an opening is decided, and their bytes in a manifest.

#include "ledger/merkle/verdict.hpp"
#include "ledger/record/share_list.hpp"
#include "node/market/decide.hpp"

#include <string>
#include <vector>

namespace handprint::market {

/// Most rows that one entry of a distribution or a payout carries.
inline constexpr Int chunk_rows = 100;

/// Canonical {"amount":"..","member":m,"points":".."}
[[nodiscard]] std::string manifest_row(const ShareOf& row);
/// Canonical {"amount":"..","member":m}
[[nodiscard]] std::string manifest_row(const PaidTo& row);

/// A licence fee is divided by the rules royalty_*_bps; contributors get what rounding leaves.
struct RoyaltyParts {
    Amount contributors{}, operations{}, transition{}, reserve{};
};

[[nodiscard]] RoyaltyParts royalty_parts(const State& state, Amount amount, Int now);

/// `credits` of one project by member; split() by points. Empty if there are none.
[[nodiscard]] std::vector<ShareOf>
prepare_shares(const std::vector<CreditRow>& credits, Amount pool);

/// The currency of a command that opens a payout, else nothing.
[[nodiscard]] const std::string* payout_currency(const Command& command);

/// The share at a place of the list of commitments, places counted over the whole run.
[[nodiscard]] record::ShareOpening
share_opening(Int distribution, const Hash& seed, Int position, const ShareOf& row);

/// One payout for each period and currency: the name of the ExternalRow that says so.
[[nodiscard]] std::string payout_name(Int period, const std::string& currency);

/// The checkpoint if it is good under the policy in the state.
[[nodiscard]] Result<merkle::CheckpointVerdict, Refusal>
verify_cosigned(const CoopRow& coop, const std::string& checkpoint);

/// Its size if it is good, fresh, and covers the newest close.
[[nodiscard]] Result<Int, Refusal>
verify_cover(const CoopRow& coop, const std::string& checkpoint, Int now);

} // namespace handprint::market
