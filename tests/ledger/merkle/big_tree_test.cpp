#include "ledger/base/crypto.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

// Known answers for the log whose entries are "0", "1", "2", ...; computed with golang.org/x/mod.

using namespace handprint;
using namespace handprint::merkle;
using reference::Hashes;

namespace {

using Files = std::map<std::string, Bytes>;

const std::map<std::uint64_t, std::string> kRoots{
    {1, "db3426e878068d28d269b6c87172322ce5372b65756d0789001d34835f601c03"},
    {255, "32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb"},
    {256, "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1"},
    {257, "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4"},
    {511, "5f3d69e102370be409122d11a2e605e6b653b071b8b4b4bd2833fae40652f11d"},
    {512, "d4b2162495ca609dc06390d353ca0c55107765c609e0226eb747d89105dc8d55"},
    {65535, "74f13a0e1a75689372efb990cf68c664e44c763d9304844955b2eaff624e8df1"},
    {65536, "f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"},
    {65537, "dc8795a25fd4bd52a0b84f639fd3139ba160824023d188e428eb5db0f3ce221a"},
    {70000, "1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e"}
};

const std::map<std::string, std::string> kTileHashes{
    {"tile/0/000", "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b"},
    {"tile/0/272", "c2f1c18b351a6cde9fbab7bd56276cb209b7dabaf10512b6fc863db3ef9a76b2"},
    {"tile/0/273.p/112", "4d21244557c976993a9a89bf928a46b5a876585228df279878239fd84489e5a5"},
    {"tile/1/000", "ea7b038bc73489c89c31a27ac355aaca65a4ed73f0dd7484e68deb29d30f10a2"},
    {"tile/1/001.p/17", "adfaca2731630fe7944a4b98a0f98ef3e98685eafda09e6f81070218fb759ce4"},
    {"tile/2/000.p/1", "f0113c8bad855b49f9a5dd661d50012cd94f19aae87a45eb8334666835e3caea"}
};

void append_up_to(TileBuilder& builder, std::uint64_t size) {
    while (builder.size() < size) {
        REQUIRE(builder.append(as_bytes(std::to_string(builder.size()))).has_value());
    }
}

/// Stores what changed and returns the paths.
std::set<std::string> publish(TileBuilder& builder, Files& files) {
    std::set<std::string> paths;
    for (TileFile& file : builder.take_changed()) {
        const std::string path = tile_path(file.tile);
        paths.insert(path);
        files[path] = std::move(file.bytes);
    }
    return paths;
}

std::set<std::string> paths_between(std::uint64_t from, std::uint64_t to) {
    std::set<std::string> paths;
    for (const Tile& tile : tiles_between(from, to))
        paths.insert(tile_path(tile));
    return paths;
}

TileReader reader_over(const Files& files) {
    return [&files](const std::string& path) -> Result<Bytes> {
        const auto found = files.find(path);
        if (found == files.end()) return fail("no such file");
        return found->second;
    };
}

/// The log at 70,000 entries, published at every size of kRoots.
const Files& big_log() {
    static const Files files = [] {
        Files out;
        TileBuilder builder;
        for (const auto& [size, root] : kRoots) {
            append_up_to(builder, size);
            publish(builder, out);
        }
        return out;
    }();
    return files;
}

} // namespace

TEST_CASE("big tree: roots, and each publication writes exactly the changed files") {
    Files files;
    TileBuilder builder;
    std::uint64_t before = 0;
    for (const auto& [size, root] : kRoots) {
        CAPTURE(size);
        append_up_to(builder, size);
        CHECK(hex_encode(builder.root()) == root);
        CHECK(publish(builder, files) == paths_between(before, size));
        CHECK(hex_encode(root_from_tiles(size, reader_over(files)).value()) == root);
        before = size;
    }
    CHECK(builder.take_changed().empty());
}

TEST_CASE("big tree: tiles to the byte") {
    for (const auto& [path, hash] : kTileHashes) {
        CAPTURE(path);
        CHECK(hex_encode(sha256(big_log().at(path))) == hash);
    }
}

TEST_CASE("big tree: proofs from tiles") {
    const HashReader reader = hashes_from_tiles(70000, reader_over(big_log()));
    const Hash root = reference::unhex(kRoots.at(70000));

    const Hashes consistency = prove_consistency(65535, 70000, reader).value();
    CHECK(consistency.size() == 18);
    CHECK(verify_consistency(65535, 70000, consistency, reference::unhex(kRoots.at(65535)), root)
              .has_value());

    const Hashes inclusion = prove_inclusion(69999, 70000, reader).value();
    REQUIRE(inclusion.size() == 9);
    CHECK(inclusion.front() == reference::unbase64("yoAAapncs6q6c17VUVa4zJYIAHxGzKD2N4klM11Hg0s="));
    CHECK(inclusion.back() == reference::unbase64("8CXQbtgEhZ/SdKG9rK3W5I6odjSqkeHtsgFD+UmM0Cs="));

    for (std::uint64_t index = 0; index < 70000; index += 977) {
        const Hash leaf = leaf_hash(as_bytes(std::to_string(index)));
        const Hashes proof = prove_inclusion(index, 70000, reader).value();
        CHECK(verify_inclusion(index, 70000, leaf, proof, root).has_value());
    }
    for (const auto& [size, old_root] : kRoots) {
        const Hashes proof = prove_consistency(size, 70000, reader).value();
        CHECK(verify_consistency(size, 70000, proof, reference::unhex(old_root), root).has_value());
    }
}

TEST_CASE("big tree: partial tiles may go once the full tile is there") {
    Files files = big_log();
    for (auto it = files.begin(); it != files.end();) {
        const Tile tile = parse_tile_path(it->first).value();
        const bool replaced = !tile.full() && files.contains(tile_path(tile.as_full()));
        it = replaced ? files.erase(it) : std::next(it);
    }
    CHECK_FALSE(files.contains("tile/0/000.p/255"));
    for (const auto& [size, root] : kRoots) {
        if (size == 65537 || size == 256 || size == 512) continue; // see below
        CAPTURE(size);
        CHECK(hex_encode(root_from_tiles(size, reader_over(files)).value()) == root);
    }
    for (const std::uint64_t size : {255U, 65535U, 70000U}) {
        CHECK(hex_encode(audit_tiles(size, reader_over(files)).value()) == kRoots.at(size));
    }
}

TEST_CASE("big tree: an audit reads everything and finds one changed byte anywhere") {
    const TileReader reader = reader_over(big_log());
    CHECK(hex_encode(audit_tiles(70000, reader).value()) == kRoots.at(70000));
    CHECK(audit_tiles(0, reader).value() == empty_root());

    for (const std::string path :
         {"tile/0/000",
          "tile/0/273.p/112",
          "tile/1/000",
          "tile/1/001.p/17",
          "tile/2/000.p/1",
          "tile/entries/000",
          "tile/entries/100",
          "tile/entries/273.p/112"}) {
        CAPTURE(path);
        Files broken = big_log();
        broken.at(path).back() ^= 1U;
        const Result<Hash> root = audit_tiles(70000, reader_over(broken));
        REQUIRE_FALSE(root.has_value());
        CHECK(root.error().what.starts_with(
            path.starts_with("tile/entries/") ? "tile/0/" + path.substr(13) : path
        ));
        broken = big_log();
        broken.at(path).pop_back();
        CHECK_FALSE(audit_tiles(70000, reader_over(broken)).has_value());
        broken = big_log();
        broken.erase(path);
        CHECK_FALSE(audit_tiles(70000, reader_over(broken)).has_value());
    }
}

TEST_CASE("big tree: a builder goes on from the files") {
    for (const auto& [size, root] : kRoots) {
        CAPTURE(size);
        TileBuilder builder = TileBuilder::resume(size, reader_over(big_log())).value();
        CHECK(hex_encode(builder.root()) == root);
        CHECK(builder.take_changed().empty());
    }
    TileBuilder fresh = TileBuilder::resume(0, reader_over(Files{})).value();
    CHECK(fresh.size() == 0);

    Files files = big_log();
    TileBuilder builder = TileBuilder::resume(65535, reader_over(big_log())).value();
    append_up_to(builder, 70000);
    CHECK(publish(builder, files) == paths_between(65535, 70000));
    CHECK(files == big_log());
}

TEST_CASE("big tree: a builder refuses a last bundle that is not the last tile's") {
    Files files = big_log();
    files.at("tile/entries/273.p/112").back() ^= 1U;
    CHECK_FALSE(TileBuilder::resume(70000, reader_over(files)).has_value());
    files = big_log();
    files.erase("tile/1/001.p/17");
    CHECK_FALSE(TileBuilder::resume(70000, reader_over(files)).has_value());
}
