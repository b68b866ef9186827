#include "node/audit/log_tree.hpp"

namespace handprint::audit {

void LogTree::append(const Hash& leaf) {
    Hash hash = leaf;
    for (std::size_t level = 0;; ++level) {
        if (level == levels_.size()) levels_.emplace_back();
        auto& row = levels_[level];
        row.push_back(hash);
        if (row.size() % 2 != 0) return;
        hash = merkle::node_hash(row[row.size() - 2], row.back());
    }
}

merkle::HashReader LogTree::reader() const {
    return [this](std::span<const merkle::NodeId> nodes) -> Result<std::vector<Hash>> {
        std::vector<Hash> out;
        out.reserve(nodes.size());
        for (const auto& node : nodes) {
            if (node.level >= levels_.size() || node.index >= levels_[node.level].size()) {
                return fail("the log is not that large");
            }
            out.push_back(levels_[node.level][node.index]);
        }
        return out;
    };
}

Result<Hash> LogTree::root(std::uint64_t size) const {
    return merkle::root_at(size, reader());
}

Result<merkle::Frontier> LogTree::frontier(std::uint64_t size) const {
    return merkle::read_frontier(size, reader());
}

Result<std::vector<Hash>> LogTree::tile(const merkle::Tile& tile) const {
    const std::size_t level = std::size_t{tile.level} * merkle::kTileHeight;
    const std::uint64_t first = tile.index * merkle::kTileWidth;
    if (level >= levels_.size() || first + tile.width > levels_[level].size()) {
        return fail("the log is not that large");
    }
    const auto from = levels_[level].begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<Hash>(from, from + tile.width);
}

} // namespace handprint::audit
