#pragma once

#include "ledger/base/bytes.hpp"

#include <cstdint>

namespace handprint::record {

/// Where a member's chain stands: how many entries extended it, and the hash over all of them. The
/// default is the state of a member that is not registered yet.
struct ChainHead {
    std::uint64_t counter = 0;
    Hash hash{};

    bool operator==(const ChainHead&) const = default;
};

/// The head after one more entry, whose leaf hash is given:
/// tagged("chain", u64be(member) || u64be(counter) || previous head || leaf hash), section 6.
[[nodiscard]] ChainHead extend(std::uint64_t member, const ChainHead& head, const Hash& leaf);

} // namespace handprint::record
