#include "ledger/merkle/tree.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

#include <bit>

using namespace handprint;
using namespace handprint::merkle;
using reference::Hashes;

namespace {

// RFC 6962's reference implementation: leaves and the roots of 0 to 8 of them.
const std::vector<std::string> kRfcLeaves{
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f"
};

const std::vector<std::string> kRfcRoots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
};

Hashes rfc_leaves() {
    Hashes leaves;
    leaves.reserve(kRfcLeaves.size());
    for (const std::string& hex : kRfcLeaves)
        leaves.push_back(leaf_hash(hex_decode(hex).value()));
    return leaves;
}

} // namespace

TEST_CASE("RFC 6962: roots of the reference leaves") {
    Frontier frontier;
    CHECK(hex_encode(frontier.root()) == kRfcRoots[0]);
    const Hashes leaves = rfc_leaves();
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        frontier.append(leaves[n - 1]);
        CHECK(frontier.size() == n);
        CHECK(hex_encode(frontier.root()) == kRfcRoots[n]);
        CHECK(hex_encode(root_of(std::span(leaves).first(n))) == kRfcRoots[n]);
        CHECK(hex_encode(root_at(n, reference::reader_over(leaves)).value()) == kRfcRoots[n]);
    }
}

TEST_CASE("RFC 6962: proofs over the reference leaves") {
    const Hashes leaves = rfc_leaves();
    const HashReader reader = reference::reader_over(leaves);
    const auto root = [&](std::size_t n) { return reference::unhex(kRfcRoots[n]); };

    const Hashes from_6_to_8 = reference::unbase64_all(
        {"DrxdNDf74tsVi58Sah0RjjCBgQMdCpSfje3t68VY72o=",
         "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
         "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="}
    );
    CHECK(prove_consistency(6, 8, reader).value() == from_6_to_8);
    CHECK(verify_consistency(6, 8, from_6_to_8, root(6), root(8)).has_value());

    const Hashes from_2_to_5 = reference::unbase64_all(
        {"Xwg/ChozygdqlSeYMlgNs+DvRYS9/x9UyKNg9Q3jAx4=",
         "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms="}
    );
    CHECK(prove_consistency(2, 5, reader).value() == from_2_to_5);
    CHECK(verify_consistency(2, 5, from_2_to_5, root(2), root(5)).has_value());

    const Hashes leaf_5_of_8 = reference::unbase64_all(
        {"vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=",
         "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=",
         "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc="}
    );
    CHECK(prove_inclusion(5, 8, reader).value() == leaf_5_of_8);
    CHECK(verify_inclusion(5, 8, leaves[5], leaf_5_of_8, root(8)).has_value());
}

TEST_CASE("every proof up to 66 leaves is the RFC's and verifies") {
    const Hashes leaves = reference::numbered_leaves(66);
    const HashReader reader = reference::reader_over(leaves);
    Hashes roots;
    roots.reserve(leaves.size() + 1);
    for (std::size_t n = 0; n <= leaves.size(); ++n) {
        roots.push_back(reference::root(std::span(leaves).first(n)));
        CHECK(root_at(n, reader).value() == roots[n]);
    }
    int proofs_to_15 = 0;
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        const std::span<const Hash> tree = std::span(leaves).first(n);
        for (std::size_t i = 0; i < n; ++i) {
            CAPTURE(i);
            CAPTURE(n);
            const Hashes proof = prove_inclusion(i, n, reader).value();
            REQUIRE(proof == reference::path(i, tree));
            REQUIRE(verify_inclusion(i, n, leaves[i], proof, roots[n]).has_value());
            proofs_to_15 += n <= 15 ? 1 : 0;
        }
        for (std::size_t m = 1; m <= n; ++m) {
            CAPTURE(m);
            CAPTURE(n);
            const Hashes proof = prove_consistency(m, n, reader).value();
            REQUIRE(proof == reference::subproof(m, tree, true));
            REQUIRE(verify_consistency(m, n, proof, roots[m], roots[n]).has_value());
            proofs_to_15 += n <= 15 ? 1 : 0;
        }
    }
    CHECK(proofs_to_15 == 240);
}

TEST_CASE("sizes that prove nothing still have to agree") {
    const Hash a = leaf_hash(as_bytes("a"));
    const Hash b = leaf_hash(as_bytes("b"));
    CHECK(verify_consistency(0, 0, {}, empty_root(), empty_root()).has_value());
    CHECK(verify_consistency(0, 7, {}, empty_root(), a).has_value());
    CHECK(verify_consistency(7, 7, {}, a, a).has_value());
    CHECK(
        verify_consistency(0, 7, {}, b, a).error().reason == Reason::consistency_old_root_mismatch
    );
    CHECK(
        verify_consistency(7, 7, {}, a, b).error().reason == Reason::consistency_new_root_mismatch
    );
    CHECK(
        verify_consistency(0, 7, Hashes{a}, empty_root(), a).error().reason
        == Reason::consistency_proof_length_wrong
    );
    CHECK(
        verify_consistency(7, 7, Hashes{a}, a, a).error().reason
        == Reason::consistency_proof_length_wrong
    );
    CHECK(
        verify_consistency(3, 7, {}, a, b).error().reason == Reason::consistency_proof_length_wrong
    );
    CHECK(
        verify_consistency(8, 7, {}, a, b).error().reason == Reason::consistency_sizes_out_of_order
    );
    CHECK(
        verify_inclusion(0, 0, a, {}, empty_root()).error().reason
        == Reason::inclusion_index_out_of_range
    );
    CHECK(verify_inclusion(7, 7, a, {}, a).error().reason == Reason::inclusion_index_out_of_range);
}

TEST_CASE("proofs are refused for what is not in the tree") {
    const Hashes leaves = reference::numbered_leaves(5);
    const HashReader reader = reference::reader_over(leaves);
    CHECK_FALSE(prove_inclusion(5, 5, reader).has_value());
    CHECK_FALSE(prove_inclusion(0, 0, reader).has_value());
    CHECK_FALSE(prove_inclusion(0, 6, reader).has_value()); // the reader has only 5
    CHECK_FALSE(prove_inclusion(0, kMaxTreeSize + 1, reader).has_value());
    CHECK_FALSE(prove_consistency(5, 4, reader).has_value());
    CHECK(prove_consistency(0, 5, reader).value().empty());
    const HashReader forgetful = [](std::span<const NodeId>) { return Result<Hashes>(Hashes{}); };
    CHECK_FALSE(prove_inclusion(2, 5, forgetful).has_value());
    CHECK_FALSE(root_at(5, forgetful).has_value());
}

TEST_CASE("proofs near the largest size have at most 63 or 64 hashes and verify") {
    // Every leaf alike: the root of a perfect subtree depends on its level only.
    const HashReader uniform = [](std::span<const NodeId> nodes) -> Result<Hashes> {
        Hashes out;
        out.reserve(nodes.size());
        for (const NodeId& node : nodes) {
            Hash hash = leaf_hash(as_bytes("same"));
            for (unsigned level = 0; level < node.level; ++level)
                hash = node_hash(hash, hash);
            out.push_back(hash);
        }
        return out;
    };
    const Hash leaf = leaf_hash(as_bytes("same"));
    const Hash root = root_at(kMaxTreeSize, uniform).value();
    for (const std::uint64_t index : {std::uint64_t{0}, kMaxTreeSize / 3, kMaxTreeSize - 1}) {
        const Hashes proof = prove_inclusion(index, kMaxTreeSize, uniform).value();
        CHECK(proof.size() <= 63);
        CHECK(verify_inclusion(index, kMaxTreeSize, leaf, proof, root).has_value());
    }
    for (const std::uint64_t size :
         {std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{1} << 62U, kMaxTreeSize - 1}) {
        const Hashes proof = prove_consistency(size, kMaxTreeSize, uniform).value();
        CHECK(proof.size() <= 64);
        const Hash old_root = root_at(size, uniform).value();
        CHECK(verify_consistency(size, kMaxTreeSize, proof, old_root, root).has_value());
    }
}

TEST_CASE("all proofs at once are the proofs one by one") {
    const Hashes leaves = reference::numbered_leaves(70);
    CHECK(prove_all({}).root == empty_root());
    for (std::size_t n = 1; n <= leaves.size(); ++n) {
        const auto some = std::span(leaves).first(n);
        const AllProofs all = prove_all(some);
        REQUIRE(all.paths.size() == n);
        CHECK(all.root == reference::root(some));
        for (std::size_t i = 0; i < n; ++i)
            CHECK(all.paths[i] == prove_inclusion(i, n, reference::reader_over(leaves)).value());
    }
}

TEST_CASE("a frontier goes on from its parts") {
    const Hashes leaves = reference::numbered_leaves(40);
    Frontier frontier;
    for (std::size_t n = 0; n < leaves.size(); ++n) {
        CHECK(frontier.parts().size() == static_cast<std::size_t>(std::popcount(n)));
        Frontier again = Frontier::from_parts(n, frontier.parts()).value();
        CHECK(again == frontier);
        CHECK(again == read_frontier(n, reference::reader_over(leaves)).value());
        again.append(leaves[n]);
        frontier.append(leaves[n]);
        CHECK(again.root() == reference::root(std::span(leaves).first(n + 1)));
    }
    CHECK_FALSE(Frontier::from_parts(5, frontier.parts()).value_or(Frontier()).size() == 0);
    CHECK_FALSE(Frontier::from_parts(7, frontier.parts()).has_value());
    CHECK_FALSE(Frontier::from_parts(0, {leaves[0]}).has_value());
    CHECK_FALSE(Frontier::from_parts(kMaxTreeSize + 1, {leaves[0]}).has_value());
}
