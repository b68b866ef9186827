#include "golden_log.hpp"
#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace handprint;
using namespace handprint::merkle;
using reference::Hashes;

namespace {

const std::map<std::size_t, std::string> kRoots{
    {1, "d0d7360ab79f58ab1e1e3fe64ad77e2ea0bc07e36b5f46ed2223edd9298df9e9"},
    {2, "4f55f619d9215235778b2b9f17d6f4915b16171214d152381293669764de722e"},
    {3, "5aac771c899ac292e74bf1afe2e6e302f8b55883b2d1bf197b46a6bea6dabca9"},
    {4, "cd8d65377e6fad76003e2c5749de7d2ec536f71509b6e5b8a3674d360e58d82a"},
    {7, "22b49700306a27b110a143834832913b24a036f79e2fa085862936c3ff9f4bb5"},
    {8, "6c2f95c2fac96da94d5637e4748f24520b3b989a17aea897084edb8270f6f296"},
    {15, "aca6c38a90af86e5f5199ee0e4105ef2c03a05b27b8daff59e4e36eefdfcddcb"}
};

Hashes leaves() {
    Hashes out;
    out.reserve(golden::kEntries.size());
    for (const std::string& entry : golden::kEntries)
        out.push_back(leaf_hash(as_bytes(entry)));
    return out;
}

Hash root(std::size_t size) {
    return reference::unhex(kRoots.at(size));
}

} // namespace

TEST_CASE("golden log: roots") {
    Frontier frontier;
    for (const Hash& leaf : leaves()) {
        frontier.append(leaf);
        if (kRoots.contains(frontier.size())) CHECK(frontier.root() == root(frontier.size()));
    }
}

TEST_CASE("golden log: consistency proofs") {
    const Hashes all = leaves();
    const HashReader reader = reference::reader_over(all);
    const Hashes from_3_to_7 = reference::unbase64_all(
        {"Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=",
         "9xWrP6pdBx5uKsS7mU1b9zWUPcw3mdoNCF55gM+5M2o=",
         "T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=",
         "wVNSoGEUdzQTVZfXnUuDiK7m3gJ5rbJqmQx/6vHF+yA="}
    );
    CHECK(prove_consistency(3, 7, reader).value() == from_3_to_7);
    CHECK(verify_consistency(3, 7, from_3_to_7, root(3), root(7)).has_value());
    const Hashes from_8_to_15 =
        reference::unbase64_all({"5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks="});
    CHECK(prove_consistency(8, 15, reader).value() == from_8_to_15);
    CHECK(verify_consistency(8, 15, from_8_to_15, root(8), root(15)).has_value());
}

TEST_CASE("golden log: files to the byte") {
    TileBuilder builder;
    for (const std::string& entry : golden::kEntries) {
        REQUIRE(builder.append(as_bytes(entry)).has_value());
    }
    CHECK(builder.root() == root(15));
    const std::vector<TileFile> files = builder.take_changed();
    REQUIRE(files.size() == 2);
    CHECK(tile_path(files[0].tile) == "tile/entries/000.p/15");
    CHECK(
        hex_encode(files[0].bytes)
        == "00036f6e65000374776f000574687265650004666f757200046669766500037369780005736576656e00036"
           "56974"
           "00046e61696e000374656e0006696c6576656e00057477656c660008746872656574656e0007666f7572746"
           "56e00"
           "0666697674656e"
    );
    CHECK(tile_path(files[1].tile) == "tile/0/000.p/15");
    CHECK(files[1].bytes.size() == 480);
    CHECK(files[1].bytes == encode_hashes(leaves()));
}

TEST_CASE("golden log: signing gives the published checkpoint to the byte") {
    const NoteSigner signer = NoteSigner::parse_private(golden::kLogPrivateKey).value();
    CHECK(signer.key().text() == golden::kLogKey);
    CHECK(signer.private_text() == golden::kLogPrivateKey);
    const Checkpoint checkpoint{std::string(golden::kOrigin), 15, root(15), {}};
    CHECK(sign_checkpoint(checkpoint, signer).value() == golden::kCheckpoint15);
}

TEST_CASE("golden log: a signed checkpoint of every size verifies") {
    const NoteSigner signer = NoteSigner::parse_private(golden::kLogPrivateKey).value();
    const VerifierKey key = VerifierKey::parse(golden::kLogKey).value();
    Frontier frontier;
    for (const Hash& leaf : leaves()) {
        const Checkpoint checkpoint{
            std::string(golden::kOrigin), frontier.size(), frontier.root(), {}
        };
        const Note note = parse_note(sign_checkpoint(checkpoint, signer).value()).value();
        CHECK(verify_note(note, {&key, 1}).has_value());
        CHECK(parse_checkpoint(note.text).value() == checkpoint);
        frontier.append(leaf);
    }
}
