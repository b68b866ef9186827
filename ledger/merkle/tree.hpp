#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/merkle/reason.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

// The Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162 section 2.1) with SHA-256.

namespace handprint::merkle {

/// Sizes fit a signed 64-bit integer, as in every other implementation of these formats.
inline constexpr std::uint64_t kMaxTreeSize = INT64_MAX;

[[nodiscard]] Hash leaf_hash(ByteView data);
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);
/// The root of the tree without leaves: SHA-256 of nothing.
[[nodiscard]] Hash empty_root();

/// The root over leaf hashes that are all at hand.
[[nodiscard]] Hash root_of(std::span<const Hash> leaves);

/// The root over such leaves, and for each the siblings from the leaf up.
struct AllProofs {
    Hash root{};
    std::vector<std::vector<Hash>> paths;
};

[[nodiscard]] AllProofs prove_all(std::span<const Hash> leaves);

/// A tree that only grows, remembered as the roots of its perfect subtrees: at most 63 hashes, so a
/// copy is cheap. Not for use by two threads at once.
class Frontier {
public:
    Frontier() = default;

    /// `parts` as exported by parts(): one per bit set in `size`. Failure if the count differs.
    /// Whether they are the right hashes only a trusted root can tell.
    [[nodiscard]] static Result<Frontier> from_parts(std::uint64_t size, std::vector<Hash> parts);

    /// Amortised constant time.
    void append(const Hash& leaf);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    [[nodiscard]] Hash root() const;

    /// Roots of the perfect subtrees, leftmost (largest) first.
    [[nodiscard]] const std::vector<Hash>& parts() const noexcept { return parts_; }

    bool operator==(const Frontier&) const = default;

private:
    std::uint64_t size_ = 0;
    std::vector<Hash> parts_;
};

/// The root of the perfect subtree over leaves [index << level, (index + 1) << level).
struct NodeId {
    unsigned level = 0;
    std::uint64_t index = 0;

    auto operator<=>(const NodeId&) const = default;
};

/// Looks hashes up, in the order asked. Asked only for subtrees that lie wholly in the tree. What
/// it returns is believed when a proof is made; a wrong hash gives a proof that does not verify.
using HashReader = std::function<Result<std::vector<Hash>>(std::span<const NodeId>)>;

/// The frontier (and so the root) of the first `size` leaves; one call of `reader`.
[[nodiscard]] Result<Frontier> read_frontier(std::uint64_t size, const HashReader& reader);
[[nodiscard]] Result<Hash> root_at(std::uint64_t size, const HashReader& reader);

/// A sibling at each step from the leaf up. Failure unless index < size <= kMaxTreeSize, or if
/// `reader` fails. One call of `reader`.
[[nodiscard]] Result<std::vector<Hash>>
prove_inclusion(std::uint64_t index, std::uint64_t size, const HashReader& reader);

/// That the first `old_size` leaves of the tree of `new_size` are the tree of `old_size`. Empty if
/// the sizes are equal or `old_size` is 0. Failure unless old_size <= new_size <= kMaxTreeSize, or
/// if `reader` fails.
[[nodiscard]] Result<std::vector<Hash>>
prove_consistency(std::uint64_t old_size, std::uint64_t new_size, const HashReader& reader);

/// RFC 9162 section 2.1.3.2. Reasons, in the order checked: inclusion_index_out_of_range,
/// inclusion_proof_length_wrong, inclusion_root_mismatch.
[[nodiscard]] Result<void, Rejection> verify_inclusion(
    std::uint64_t index,
    std::uint64_t size,
    const Hash& leaf,
    std::span<const Hash> proof,
    const Hash& root
);

/// RFC 9162 section 2.1.4.2. A size of 0 has the empty root and needs no proof. Reasons, in the
/// order checked: consistency_sizes_out_of_order, consistency_proof_length_wrong,
/// consistency_old_root_mismatch, consistency_new_root_mismatch.
[[nodiscard]] Result<void, Rejection> verify_consistency(
    std::uint64_t old_size,
    std::uint64_t new_size,
    std::span<const Hash> proof,
    const Hash& old_root,
    const Hash& new_root
);

} // namespace handprint::merkle
