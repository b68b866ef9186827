#include "ledger/merkle/tree.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/crypto.hpp"

#include <array>
#include <bit>
#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::array<std::uint8_t, 1> kLeafPrefix{0x00};
constexpr std::array<std::uint8_t, 1> kNodePrefix{0x01};

} // namespace

Hash leaf_hash(ByteView data) {
    return sha256({kLeafPrefix, data});
}

Hash node_hash(const Hash& left, const Hash& right) {
    return sha256({kNodePrefix, left, right});
}

Hash empty_root() {
    return sha256(ByteView{});
}

Hash root_of(std::span<const Hash> leaves) {
    Frontier frontier;
    for (const Hash& leaf : leaves)
        frontier.append(leaf);
    return frontier.root();
}

namespace {

/// The root over leaves [from, to); adds to the path of each the sibling it has below that root.
Hash join(std::span<const Hash> leaves, std::size_t from, std::size_t to, AllProofs& out) {
    if (to - from == 1) return leaves[from];
    const std::size_t middle = from + std::bit_floor(to - from - 1);
    const Hash left = join(leaves, from, middle, out);
    const Hash right = join(leaves, middle, to, out);
    for (std::size_t i = from; i < to; ++i)
        out.paths[i].push_back(i < middle ? right : left);
    return node_hash(left, right);
}

} // namespace

AllProofs prove_all(std::span<const Hash> leaves) {
    AllProofs out;
    out.paths.resize(leaves.size());
    out.root = leaves.empty() ? empty_root() : join(leaves, 0, leaves.size(), out);
    return out;
}

Result<Frontier> Frontier::from_parts(std::uint64_t size, std::vector<Hash> parts) {
    if (size > kMaxTreeSize) return fail("frontier: size too large");
    if (parts.size() != static_cast<std::size_t>(std::popcount(size))) {
        return fail("frontier: the number of parts does not fit the size");
    }
    Frontier frontier;
    frontier.size_ = size;
    frontier.parts_ = std::move(parts);
    return frontier;
}

void Frontier::append(const Hash& leaf) {
    HP_CHECK(size_ < kMaxTreeSize, "a tree has at most 2^63 - 1 leaves");
    // Adding one to the size carries through its trailing ones; each carry joins two subtrees.
    Hash joined = leaf;
    for (std::uint64_t bits = size_; (bits & 1U) != 0; bits >>= 1U) {
        joined = node_hash(parts_.back(), joined);
        parts_.pop_back();
    }
    parts_.push_back(joined);
    ++size_;
}

Hash Frontier::root() const {
    if (parts_.empty()) return empty_root();
    Hash root = parts_.back();
    for (std::size_t i = parts_.size() - 1; i > 0; --i)
        root = node_hash(parts_[i - 1], root);
    return root;
}

} // namespace handprint::merkle
