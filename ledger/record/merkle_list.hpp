#pragma once

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace handprint::record {

/// An RFC 6962 tree over a list that is complete and in memory: the list of a close, the rows of a
/// run. Twice the size of its leaf hashes.
class MerkleList {
public:
    explicit MerkleList(std::vector<Hash> leaf_hashes);

    /// Leaf data are the commitments themselves: the list of a close, the chunks of an import.
    [[nodiscard]] static MerkleList of_commitments(std::span<const Hash> commitments);
    /// Leaf data are the canonical rows of a distribution or a payout.
    [[nodiscard]] static MerkleList of_rows(std::span<const std::string> rows);

    [[nodiscard]] std::uint64_t size() const noexcept { return levels_.front().size(); }

    /// SHA-256 of nothing for an empty list.
    [[nodiscard]] Hash root() const;
    /// Inclusion proof, leaf's sibling first. Failure if there is no such leaf.
    [[nodiscard]] Result<std::vector<Hash>> prove(std::uint64_t index) const;

private:
    std::vector<std::vector<Hash>> levels_; // roots of the perfect subtrees of 2^level leaves
};

} // namespace handprint::record
