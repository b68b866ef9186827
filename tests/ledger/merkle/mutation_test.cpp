#include "ledger/merkle/tree.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

// Proofs that were tampered with. A verifier must say what the recursive definition says; where the
// definition cannot be satisfied by chance (a changed hash), it must refuse.

using namespace handprint;
using namespace handprint::merkle;
using reference::Hashes;

namespace {

struct Inclusion {
    std::uint64_t index;
    std::uint64_t size;
    Hash leaf;
    Hashes proof;
    Hash root;
};

struct Consistency {
    std::uint64_t old_size;
    std::uint64_t new_size;
    Hashes proof;
    Hash old_root;
    Hash new_root;
};

std::string_view judge(const Inclusion& t) {
    const auto result = verify_inclusion(t.index, t.size, t.leaf, t.proof, t.root);
    return result ? "ok" : reason_text(result.error().reason);
}

std::string_view judge(const Consistency& t) {
    const auto result = verify_consistency(t.old_size, t.new_size, t.proof, t.old_root, t.new_root);
    return result ? "ok" : reason_text(result.error().reason);
}

std::string_view expected(const Inclusion& t) {
    if (t.index >= t.size) return "inclusion_index_out_of_range";
    const auto root = reference::root_from_path(t.index, t.size, t.leaf, t.proof);
    if (!root) return "inclusion_proof_length_wrong";
    return *root == t.root ? "ok" : "inclusion_root_mismatch";
}

std::string_view expected(const Consistency& t) {
    if (t.old_size > t.new_size) return "consistency_sizes_out_of_order";
    if (t.old_size == 0) {
        if (!t.proof.empty()) return "consistency_proof_length_wrong";
        return t.old_root == empty_root() ? "ok" : "consistency_old_root_mismatch";
    }
    const auto roots =
        reference::roots_from_subproof(t.old_size, t.new_size, t.old_root, t.proof, true);
    if (!roots) return "consistency_proof_length_wrong";
    if (roots->first != t.old_root) return "consistency_old_root_mismatch";
    return roots->second == t.new_root ? "ok" : "consistency_new_root_mismatch";
}

template <class T>
void must_refuse(const T& t) {
    REQUIRE(judge(t) != "ok");
    REQUIRE(judge(t) == expected(t));
}

/// Every change to the list of hashes that has to be noticed.
template <class T>
void mutate_proof(const T& good, const Hash& stranger) {
    const std::size_t length = good.proof.size();
    for (std::size_t at = 0; at < length; ++at) {
        for (const unsigned bit : {0U, 7U, 128U, 255U}) {
            T bad = good;
            bad.proof[at][bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            must_refuse(bad);
        }
        T dropped = good;
        dropped.proof.erase(dropped.proof.begin() + static_cast<std::ptrdiff_t>(at));
        must_refuse(dropped);
        T swapped = good;
        std::swap(swapped.proof[at], swapped.proof[(at + 1) % length]);
        if (swapped.proof != good.proof) must_refuse(swapped);
    }
    for (std::size_t at = 0; at <= length; ++at) {
        for (const Hash& hash : {stranger, Hash{}, length == 0 ? stranger : good.proof[0]}) {
            T longer = good;
            longer.proof.insert(longer.proof.begin() + static_cast<std::ptrdiff_t>(at), hash);
            must_refuse(longer);
        }
    }
    T none = good;
    none.proof.clear();
    if (length != 0) must_refuse(none);
    T many = good;
    many.proof.resize(100, stranger);
    must_refuse(many);
}

void check_size(Inclusion t, std::uint64_t size) {
    t.size = size;
    REQUIRE(judge(t) == expected(t));
}

} // namespace

TEST_CASE("inclusion: tampered proofs") {
    const Hashes leaves = reference::numbered_leaves(19);
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        const std::span<const Hash> tree = std::span(leaves).first(n);
        for (std::size_t i = 0; i < n; ++i) {
            CAPTURE(i);
            CAPTURE(n);
            const Inclusion good{i, n, leaves[i], reference::path(i, tree), reference::root(tree)};
            REQUIRE(judge(good) == "ok");
            mutate_proof(good, leaf_hash(as_bytes("stranger")));

            Inclusion wrong_leaf = good;
            wrong_leaf.leaf[31] ^= 1U;
            must_refuse(wrong_leaf);
            Inclusion wrong_root = good;
            wrong_root.root[0] ^= 0x80U;
            must_refuse(wrong_root);
            Inclusion data_as_leaf = good; // an inner node passed off as an entry
            data_as_leaf.leaf = node_hash(good.leaf, good.leaf);
            must_refuse(data_as_leaf);
            for (std::uint64_t other = 0; other < n + 3; ++other) {
                Inclusion elsewhere = good;
                elsewhere.index = other;
                if (other != i) must_refuse(elsewhere);
            }
            // A size alone does not always change the walk; the definition decides.
            for (std::uint64_t size = 0; size <= 40; ++size)
                check_size(good, size);
            for (const std::uint64_t size : {n * 2, n ^ 1U, n / 2, std::size_t{1} << 62U}) {
                check_size(good, size);
            }
        }
    }
}

TEST_CASE("consistency: tampered proofs") {
    const Hashes leaves = reference::numbered_leaves(19);
    const auto root = [&](std::size_t n) { return reference::root(std::span(leaves).first(n)); };
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        for (std::size_t m = 1; m <= n; ++m) {
            CAPTURE(m);
            CAPTURE(n);
            const Consistency good{
                m, n, reference::subproof(m, std::span(leaves).first(n), true), root(m), root(n)
            };
            REQUIRE(judge(good) == "ok");
            mutate_proof(good, leaf_hash(as_bytes("stranger")));

            Consistency wrong_old = good;
            wrong_old.old_root[5] ^= 0x10U;
            must_refuse(wrong_old);
            Consistency wrong_new = good;
            wrong_new.new_root[5] ^= 0x10U;
            must_refuse(wrong_new);
            if (m != n) {
                Consistency swapped = good;
                std::swap(swapped.old_root, swapped.new_root);
                must_refuse(swapped);
                Consistency backwards = good;
                std::swap(backwards.old_size, backwards.new_size);
                must_refuse(backwards);
            }
            Consistency both_empty = good;
            both_empty.old_root = both_empty.new_root = empty_root();
            if (m != n) must_refuse(both_empty);
            for (std::uint64_t old_size = 0; old_size <= 40; ++old_size) {
                Consistency t = good;
                t.old_size = old_size;
                REQUIRE(judge(t) == expected(t));
                t = good;
                t.new_size = old_size;
                if (t.new_size != 0) REQUIRE(judge(t) == expected(t));
            }
        }
    }
}

TEST_CASE("random proofs get the verdict of the definition") {
    const Hashes leaves = reference::numbered_leaves(33);
    std::uint64_t state = 20260701;
    const auto next = [&](std::uint64_t below) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return (state >> 33U) % below;
    };
    const auto root = [&](std::size_t n) { return reference::root(std::span(leaves).first(n)); };
    std::size_t accepted = 0;
    for (int round = 0; round < 4000; ++round) {
        const std::size_t n = 1 + next(33);
        const std::size_t i = next(n);
        Inclusion t{i, n, leaves[i], reference::path(i, std::span(leaves).first(n)), root(n)};
        if (next(2) == 0) t.size = 1 + next(40);
        if (next(2) == 0) t.index = next(t.size + 1);
        if (next(8) == 0) t.proof.resize(next(8));
        REQUIRE(judge(t) == expected(t));
        accepted += judge(t) == "ok" ? 1U : 0U;

        Consistency c{
            i + 1,
            n,
            reference::subproof(i + 1, std::span(leaves).first(n), true),
            root(i + 1),
            root(n)
        };
        if (next(2) == 0) c.new_size = c.old_size + next(10);
        if (next(4) == 0) c.old_size = next(c.new_size + 1);
        if (next(8) == 0) c.proof.resize(next(8));
        REQUIRE(judge(c) == expected(c));
        accepted += judge(c) == "ok" ? 1U : 0U;
    }
    CHECK(accepted > 1000); // the rounds do reach both verdicts
    CHECK(accepted < 7000);
}
