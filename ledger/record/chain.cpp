#include "ledger/record/chain.hpp"

#include "ledger/record/commitment.hpp"

namespace handprint::record {

ChainHead extend(std::uint64_t member, const ChainHead& head, const Hash& leaf) {
    Bytes link;
    link.reserve(80);
    put_u64(link, member);
    put_u64(link, head.counter + 1);
    append(link, head.hash);
    append(link, leaf);
    return {head.counter + 1, tagged(kChainDomain, link)};
}

} // namespace handprint::record
