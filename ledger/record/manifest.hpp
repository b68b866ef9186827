#pragma once

#include "ledger/record/merkle_list.hpp"

#include <cstdint>
#include <string>

namespace handprint::record {

// Rows of runs that are too large for one entry, section 10. The opening entry fixes
// MerkleList::of_rows(rows).root(), rows in the order of members; an import fixes the root of
// MerkleList::of_commitments over the commits of its chunks.

/// {"amount":"..","member":m,"points":".."}
[[nodiscard]] std::string
distribution_row(std::uint64_t member, std::int64_t points, std::int64_t amount);

/// {"amount":"..","member":m}
[[nodiscard]] std::string payout_row(std::uint64_t member, std::int64_t amount);

} // namespace handprint::record
