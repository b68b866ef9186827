#pragma once

// The whole Merkle tree of the log in memory, so that its root at any size, and every tile, can be
// computed again: 64 bytes an entry.

#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/tree.hpp"

#include <vector>

namespace handprint::audit {

class LogTree {
public:
    void append(const Hash& leaf);

    [[nodiscard]] std::uint64_t size() const noexcept {
        return levels_.empty() ? 0 : levels_.front().size();
    }

    /// Of the first `size` entries; Failure if there are fewer.
    [[nodiscard]] Result<Hash> root(std::uint64_t size) const;
    [[nodiscard]] Result<merkle::Frontier> frontier(std::uint64_t size) const;
    /// The hashes of a tile of the tree; Failure if the tree is not that large.
    [[nodiscard]] Result<std::vector<Hash>> tile(const merkle::Tile& tile) const;
    [[nodiscard]] merkle::HashReader reader() const;

private:
    std::vector<std::vector<Hash>> levels_; // roots of the perfect subtrees of 2^level leaves
};

} // namespace handprint::audit
