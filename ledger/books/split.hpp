#pragma once

#include "ledger/base/result.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace handprint::books {

struct Share {
    std::uint64_t member = 0; // decides ties only
    std::uint64_t weight = 0;
};

/// `total` shared out by weight, in the order of `shares`: floor(total * weight / sum of weights)
/// each, and the units left over one each to the largest remainders, ties to the smaller member.
/// The parts add up to `total` exactly. Products are of 128 bits, so nothing overflows. Failure if
/// total is negative or the weights add to zero (so also for no shares). Members are distinct; were
/// they not, the earlier share would win a tie. Section 8 of docs/ledger-format.md.
[[nodiscard]] Result<std::vector<std::int64_t>>
split(std::int64_t total, std::span<const Share> shares);

} // namespace handprint::books
