#include "ledger/record/merkle_list.hpp"

#include "ledger/merkle/tree.hpp"

#include <utility>

namespace handprint::record {

MerkleList::MerkleList(std::vector<Hash> leaf_hashes) {
    levels_.push_back(std::move(leaf_hashes));
    while (levels_.back().size() > 1) {
        const std::vector<Hash>& below = levels_.back();
        std::vector<Hash> level;
        level.reserve(below.size() / 2);
        for (std::size_t i = 0; i + 1 < below.size(); i += 2)
            level.push_back(merkle::node_hash(below[i], below[i + 1]));
        levels_.push_back(std::move(level));
    }
}

MerkleList MerkleList::of_commitments(std::span<const Hash> commitments) {
    std::vector<Hash> leaves;
    leaves.reserve(commitments.size());
    for (const Hash& commitment : commitments)
        leaves.push_back(merkle::leaf_hash(commitment));
    return MerkleList(std::move(leaves));
}

MerkleList MerkleList::of_rows(std::span<const std::string> rows) {
    std::vector<Hash> leaves;
    leaves.reserve(rows.size());
    for (const std::string& row : rows)
        leaves.push_back(merkle::leaf_hash(as_bytes(row)));
    return MerkleList(std::move(leaves));
}

Hash MerkleList::root() const {
    return merkle::root_of(levels_.front());
}

Result<std::vector<Hash>> MerkleList::prove(std::uint64_t index) const {
    const auto read = [this](std::span<const merkle::NodeId> ids) -> Result<std::vector<Hash>> {
        std::vector<Hash> out;
        out.reserve(ids.size());
        for (const merkle::NodeId& id : ids)
            out.push_back(levels_.at(id.level).at(id.index));
        return out;
    };
    return merkle::prove_inclusion(index, size(), read);
}

} // namespace handprint::record
