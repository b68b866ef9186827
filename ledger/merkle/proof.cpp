#include "ledger/base/check.hpp"
#include "ledger/merkle/tree.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace handprint::merkle {

namespace {

/// Leaves [begin, end) whose subtree occurs in a proof: `begin` is a multiple of every power of two
/// up to end - begin.
struct Range {
    std::uint64_t begin;
    std::uint64_t end;
};

/// Where RFC 6962 splits a tree of n > 1 leaves: the largest power of two below n.
std::uint64_t split_point(std::uint64_t n) {
    return std::bit_floor(n - 1);
}

/// The perfect subtrees that make up the range, leftmost (largest) first.
std::vector<NodeId> perfect_subtrees(Range range) {
    std::vector<NodeId> nodes;
    for (std::uint64_t at = range.begin; at < range.end;) {
        const auto level = static_cast<unsigned>(std::bit_width(range.end - at) - 1);
        nodes.push_back({level, at >> level});
        at += std::uint64_t{1} << level;
    }
    return nodes;
}

Result<std::vector<Hash>> read_nodes(const std::vector<NodeId>& nodes, const HashReader& reader) {
    if (nodes.empty()) return std::vector<Hash>{};
    Result<std::vector<Hash>> hashes = reader(nodes);
    if (hashes && hashes->size() != nodes.size())
        return fail("hash reader: wrong number of hashes");
    return hashes;
}

/// The root of each range, with a single call of the reader.
Result<std::vector<Hash>> read_ranges(const std::vector<Range>& ranges, const HashReader& reader) {
    std::vector<NodeId> nodes;
    for (const Range& range : ranges) {
        const std::vector<NodeId> more = perfect_subtrees(range);
        nodes.insert(nodes.end(), more.begin(), more.end());
    }
    const Result<std::vector<Hash>> hashes = read_nodes(nodes, reader);
    if (!hashes) return unexpected(hashes.error());

    std::vector<Hash> roots;
    std::size_t at = 0;
    for (const Range& range : ranges) {
        const auto count = static_cast<std::size_t>(std::popcount(range.end - range.begin));
        at += count;
        Hash root = (*hashes)[at - 1];
        for (std::size_t i = 2; i <= count; ++i)
            root = node_hash((*hashes)[at - i], root);
        roots.push_back(root);
    }
    return roots;
}

/// The two counters of RFC 9162's verification: the position of the subtree proved so far and of
/// the last node, on the level reached.
struct Climb {
    std::uint64_t position;
    std::uint64_t last;

    /// Whether the sibling at this level is to the left.
    [[nodiscard]] bool sibling_is_left() const { return (position & 1U) != 0 || position == last; }

    void up() {
        position >>= 1U;
        last >>= 1U;
    }

    /// A right edge that has no sibling on some levels is carried up past them.
    void skip_missing() {
        while ((position & 1U) == 0 && position != 0)
            up();
    }
};

} // namespace

Result<Frontier> read_frontier(std::uint64_t size, const HashReader& reader) {
    if (size > kMaxTreeSize) return fail("tree: size too large");
    Result<std::vector<Hash>> parts = read_nodes(perfect_subtrees({0, size}), reader);
    if (!parts) return unexpected(std::move(parts).error());
    return Frontier::from_parts(size, std::move(parts).value());
}

Result<Hash> root_at(std::uint64_t size, const HashReader& reader) {
    return read_frontier(size, reader).transform([](const Frontier& f) { return f.root(); });
}

Result<std::vector<Hash>>
prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader) {
    if (size > kMaxTreeSize) return fail("inclusion: size too large");
    if (index >= size) return fail("inclusion: no such leaf in a tree of this size");
    std::vector<Range> siblings; // from the root down
    Range here{0, size};
    while (here.end - here.begin > 1) {
        const std::uint64_t middle = here.begin + split_point(here.end - here.begin);
        if (index < middle) {
            siblings.push_back({middle, here.end});
            here.end = middle;
        } else {
            siblings.push_back({here.begin, middle});
            here.begin = middle;
        }
    }
    std::ranges::reverse(siblings);
    return read_ranges(siblings, reader);
}

Result<std::vector<Hash>>
prove_consistency(std::uint64_t old_size, std::uint64_t new_size, const HashReader& reader) {
    if (new_size > kMaxTreeSize) return fail("consistency: size too large");
    if (old_size > new_size) return fail("consistency: the old size is larger than the new one");
    if (old_size == 0 || old_size == new_size) return std::vector<Hash>{};
    // SUBPROOF of RFC 6962 section 2.1.2, from the root down.
    std::vector<Range> siblings;
    Range here{0, new_size};
    while (here.end != old_size) {
        const std::uint64_t middle = here.begin + split_point(here.end - here.begin);
        if (old_size <= middle) {
            siblings.push_back({middle, here.end});
            here.end = middle;
        } else {
            siblings.push_back({here.begin, middle});
            here.begin = middle;
        }
    }
    // The subtree where the descent ends is the whole old tree, which the verifier knows, or not.
    if (here.begin != 0) siblings.push_back(here);
    std::ranges::reverse(siblings);
    return read_ranges(siblings, reader);
}

Result<void, Rejection> verify_inclusion(
    std::uint64_t index,
    std::uint64_t size,
    const Hash& leaf,
    std::span<const Hash> proof,
    const Hash& root
) {
    if (index >= size) return reject(Reason::inclusion_index_out_of_range);
    Climb climb{index, size - 1};
    Hash computed = leaf;
    for (const Hash& sibling : proof) {
        if (climb.last == 0) return reject(Reason::inclusion_proof_length_wrong, "too long");
        if (climb.sibling_is_left()) {
            computed = node_hash(sibling, computed);
            climb.skip_missing();
        } else {
            computed = node_hash(computed, sibling);
        }
        climb.up();
    }
    if (climb.last != 0) return reject(Reason::inclusion_proof_length_wrong, "too short");
    if (computed != root) return reject(Reason::inclusion_root_mismatch);
    return {};
}

namespace {

/// Sizes of which one is 0 or which are equal: nothing to prove, but the roots must agree.
Result<void, Rejection> verify_trivial_consistency(
    std::uint64_t old_size,
    std::uint64_t new_size,
    std::span<const Hash> proof,
    const Hash& old_root,
    const Hash& new_root
) {
    if (!proof.empty()) return reject(Reason::consistency_proof_length_wrong, "must be empty");
    if (old_size == 0 && old_root != empty_root()) {
        return reject(Reason::consistency_old_root_mismatch, "size 0 has the empty root");
    }
    if (old_size == new_size && old_root != new_root) {
        return reject(Reason::consistency_new_root_mismatch, "one size, two roots");
    }
    return {};
}

} // namespace

Result<void, Rejection> verify_consistency(
    std::uint64_t old_size,
    std::uint64_t new_size,
    std::span<const Hash> proof,
    const Hash& old_root,
    const Hash& new_root
) {
    if (old_size > new_size) return reject(Reason::consistency_sizes_out_of_order);
    if (old_size == 0 || old_size == new_size) {
        return verify_trivial_consistency(old_size, new_size, proof, old_root, new_root);
    }
    // The walk starts at the largest subtree that ends where the old tree ends. If that is the
    // whole old tree, its root is not in the proof.
    Climb climb{old_size - 1, new_size - 1};
    while ((climb.position & 1U) != 0)
        climb.up();
    Hash from_old = old_root;
    if (!std::has_single_bit(old_size)) {
        if (proof.empty()) return reject(Reason::consistency_proof_length_wrong, "too short");
        from_old = proof.front();
        proof = proof.subspan(1);
    }
    Hash from_new = from_old;
    for (const Hash& sibling : proof) {
        if (climb.last == 0) return reject(Reason::consistency_proof_length_wrong, "too long");
        if (climb.sibling_is_left()) {
            from_old = node_hash(sibling, from_old);
            from_new = node_hash(sibling, from_new);
            climb.skip_missing();
        } else {
            from_new = node_hash(from_new, sibling);
        }
        climb.up();
    }
    if (climb.last != 0) return reject(Reason::consistency_proof_length_wrong, "too short");
    if (from_old != old_root) return reject(Reason::consistency_old_root_mismatch);
    if (from_new != new_root) return reject(Reason::consistency_new_root_mismatch);
    return {};
}

} // namespace handprint::merkle
