#pragma once

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <string_view>

namespace handprint::record {

inline constexpr std::string_view kChainDomain = "handprint/chain/v1";

/// Where a member's chain stands: how many entries extended it, and the hash over all of them. The
/// default is the state of a member that is not registered yet.
struct ChainHead {
    std::uint64_t counter = 0;
    Hash hash{};

    bool operator==(const ChainHead&) const = default;
};

/// The head after one more entry, whose leaf hash is given:
/// tagged(kChainDomain, u64be(member) || u64be(counter) || previous head || leaf hash), section 6.
[[nodiscard]] ChainHead extend(std::uint64_t member, const ChainHead& head, const Hash& leaf);

} // namespace handprint::record
