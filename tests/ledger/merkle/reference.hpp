#pragma once

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/tree.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The definitions of RFC 6962 section 2.1 word for word, by recursion, to compare with. Slow.

namespace handprint::merkle::reference {

using Hashes = std::vector<Hash>;

inline Hash unhex(std::string_view text) {
    return to_array<32>(hex_decode(text).value()).value();
}

inline Hash unbase64(std::string_view text) {
    return base64_to_array<32>(text).value();
}

inline Hashes unbase64_all(const std::vector<std::string>& texts) {
    Hashes hashes;
    hashes.reserve(texts.size());
    for (const std::string& text : texts)
        hashes.push_back(unbase64(text));
    return hashes;
}

inline std::size_t split(std::size_t n) {
    std::size_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

/// MTH(D[n]) over leaf hashes.
inline Hash root(std::span<const Hash> d) {
    if (d.empty()) return empty_root();
    if (d.size() == 1) return d[0];
    const std::size_t k = split(d.size());
    return node_hash(root(d.first(k)), root(d.subspan(k)));
}

/// PATH(m, D[n])
inline Hashes path(std::size_t m, std::span<const Hash> d) {
    if (d.size() == 1) return {};
    const std::size_t k = split(d.size());
    Hashes out = m < k ? path(m, d.first(k)) : path(m - k, d.subspan(k));
    out.push_back(m < k ? root(d.subspan(k)) : root(d.first(k)));
    return out;
}

/// SUBPROOF(m, D[n], whole)
inline Hashes subproof(std::size_t m, std::span<const Hash> d, bool whole) {
    if (m == d.size()) return whole ? Hashes{} : Hashes{root(d)};
    const std::size_t k = split(d.size());
    Hashes out = m <= k ? subproof(m, d.first(k), whole) : subproof(m - k, d.subspan(k), false);
    out.push_back(m <= k ? root(d.subspan(k)) : root(d.first(k)));
    return out;
}

/// The root that PATH(m, D[n]) gives; nothing if the proof has the wrong length.
inline std::optional<Hash>
root_from_path(std::uint64_t m, std::uint64_t n, const Hash& leaf, std::span<const Hash> proof) {
    if (n == 1) return proof.empty() ? std::optional(leaf) : std::nullopt;
    if (proof.empty()) return std::nullopt;
    const std::uint64_t k = split(n);
    const std::span<const Hash> rest = proof.first(proof.size() - 1);
    const auto below =
        m < k ? root_from_path(m, k, leaf, rest) : root_from_path(m - k, n - k, leaf, rest);
    if (!below) return std::nullopt;
    return m < k ? node_hash(*below, proof.back()) : node_hash(proof.back(), *below);
}

/// The old and the new root that SUBPROOF gives; nothing if it has the wrong length.
inline std::optional<std::pair<Hash, Hash>> roots_from_subproof(
    std::uint64_t m, std::uint64_t n, const Hash& old_root, std::span<const Hash> proof, bool whole
) {
    if (m == n) {
        if (proof.size() != (whole ? 0U : 1U)) return std::nullopt;
        const Hash& hash = whole ? old_root : proof[0];
        return std::pair(hash, hash);
    }
    if (proof.empty()) return std::nullopt;
    const std::uint64_t k = split(n);
    const Hash& sibling = proof.back();
    const std::span<const Hash> rest = proof.first(proof.size() - 1);
    const auto below = m <= k ? roots_from_subproof(m, k, old_root, rest, whole)
                              : roots_from_subproof(m - k, n - k, old_root, rest, false);
    if (!below) return std::nullopt;
    if (m <= k) return std::pair(below->first, node_hash(below->second, sibling));
    return std::pair(node_hash(sibling, below->first), node_hash(sibling, below->second));
}

/// The leaf hashes of "0", "1", ...
inline Hashes numbered_leaves(std::size_t count) {
    Hashes leaves;
    leaves.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(leaf_hash(as_bytes(std::to_string(i))));
    return leaves;
}

/// Answers from leaf hashes; refuses subtrees that reach beyond them.
inline HashReader reader_over(const Hashes& leaves) {
    return [&leaves](std::span<const NodeId> nodes) -> Result<Hashes> {
        Hashes out;
        out.reserve(nodes.size());
        for (const NodeId& node : nodes) {
            const std::uint64_t width = std::uint64_t{1} << node.level;
            if ((node.index + 1) * width > leaves.size()) return fail("outside the tree");
            out.push_back(root(std::span(leaves).subspan(node.index * width, width)));
        }
        return out;
    };
}

} // namespace handprint::merkle::reference
