#include "ledger/books/split.hpp"

#include <algorithm>
#include <numeric>

namespace handprint::books {

namespace {

__extension__ using Uint128 = unsigned __int128;

} // namespace

Result<std::vector<std::int64_t>> split(std::int64_t total, std::span<const Share> shares) {
    if (total < 0) return fail("split: negative total");
    Uint128 weights = 0;
    for (const Share& share : shares)
        weights += share.weight;
    if (weights == 0) return fail("split: the weights add to zero");

    std::vector<std::int64_t> parts;
    std::vector<Uint128> remainders;
    parts.reserve(shares.size());
    remainders.reserve(shares.size());
    std::int64_t left = total;
    for (const Share& share : shares) {
        const Uint128 product = static_cast<Uint128>(total) * share.weight; // below 2^127
        parts.push_back(static_cast<std::int64_t>(product / weights));
        remainders.push_back(product % weights);
        left -= parts.back();
    }

    // Fewer units are left than there are shares with a remainder, so none is given to weight zero.
    std::vector<std::size_t> order(shares.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto goes_first = [&](std::size_t a, std::size_t b) {
        if (remainders[a] != remainders[b]) return remainders[a] > remainders[b];
        if (shares[a].member != shares[b].member) return shares[a].member < shares[b].member;
        return a < b;
    };
    const auto lucky = order.begin() + left;
    std::nth_element(order.begin(), lucky, order.end(), goes_first);
    for (auto at = order.begin(); at != lucky; ++at)
        ++parts[*at];
    return parts;
}

} // namespace handprint::books
