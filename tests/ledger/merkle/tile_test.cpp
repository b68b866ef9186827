#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "reference.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace handprint;
using namespace handprint::merkle;

namespace {

std::vector<std::string> paths(const std::vector<Tile>& tiles) {
    std::vector<std::string> out;
    out.reserve(tiles.size());
    for (const Tile& tile : tiles)
        out.push_back(tile_path(tile));
    return out;
}

} // namespace

TEST_CASE("tile paths") {
    struct Case {
        Tile tile;
        const char* path = nullptr;
    };

    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    for (const Case& t : {
             Case{{TileKind::hashes, 0, 0, 256}, "tile/0/000"},
             Case{{TileKind::hashes, 0, 255, 256}, "tile/0/255"},
             Case{{TileKind::hashes, 1, 999, 256}, "tile/1/999"},
             Case{{TileKind::hashes, 2, 1000, 256}, "tile/2/x001/000"},
             Case{{TileKind::hashes, 63, 1'000'000, 256}, "tile/63/x001/x000/000"},
             Case{{TileKind::hashes, 0, 1'234'067, 256}, "tile/0/x001/x234/067"},
             Case{{TileKind::hashes, 0, 1'234'067, 112}, "tile/0/x001/x234/067.p/112"},
             Case{{TileKind::entries, 0, 0, 256}, "tile/entries/000"},
             Case{{TileKind::entries, 0, 1000, 1}, "tile/entries/x001/000.p/1"},
             Case{
                 {TileKind::hashes, 0, kMax, 255}, "tile/0/x018/x446/x744/x073/x709/x551/615.p/255"
             },
         }) {
        CAPTURE(t.path);
        CHECK(tile_path(t.tile) == t.path);
        CHECK(parse_tile_path(t.path).value() == t.tile);
    }
}

TEST_CASE("tile paths: every other spelling is refused") {
    for (const char* path :
         {"",
          "tile",
          "tile/",
          "tile/0",
          "tile/0/",
          "tile//000",
          "/tile/0/000",
          "tile/0/000/",
          "tile/00/000",
          "tile/01/000",
          "tile/64/000",
          "tile/-1/000",
          "tile/0/0",
          "tile/0/00",
          "tile/0/0000",
          "tile/0/001/000",
          "tile/0/x000/000",
          "tile/0/x000",
          "tile/0/x001/x000",
          "tile/0/x01/000",
          "tile/0/1000",
          "tile/0/000.p",
          "tile/0/000.p/",
          "tile/0/000.p/0",
          "tile/0/000.p/256",
          "tile/0/000.p/01",
          "tile/0/000.p/1/",
          "tile/0/000.p/1.p/1",
          "tile/entries/000.p/1.p/1",
          "tile/Entries/000",
          "tile/entries",
          "tile/entries/",
          "tile/0/../000",
          "tile/0/x/001",
          "tile/0/xx01/000",
          "tile/0/ 000",
          "tile/0/000 ",
          "tile/0/+01",
          "tile/0/x018/x446/x744/x073/x709/x551/616",
          "checkpoint",
          "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
          "tile/0/000.P/1",
          "tile/data/000"}) {
        CAPTURE(path);
        CHECK_FALSE(parse_tile_path(path).has_value());
    }
}

TEST_CASE("the files of a size") {
    const auto has = [](std::uint64_t size, const std::string& path) {
        const auto all = paths(tiles_for_size(size));
        return std::ranges::count(all, path) == 1;
    };
    CHECK(tiles_for_size(0).empty());
    CHECK(
        paths(tiles_for_size(256))
        == std::vector<std::string>{"tile/entries/000", "tile/0/000", "tile/1/000.p/1"}
    );
    CHECK(
        paths(tiles_for_size(257))
        == std::vector<
            std::
                string>{"tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"}
    );
    CHECK(tiles_for_size(65536).size() == 256 + 256 + 1 + 1);
    CHECK(has(65536, "tile/0/255"));
    CHECK(has(65536, "tile/1/000"));
    CHECK(has(65536, "tile/2/000.p/1"));
    CHECK(tiles_for_size(70000).size() == 274 + 274 + 2 + 1);
    CHECK(has(70000, "tile/0/273.p/112"));
    CHECK(has(70000, "tile/1/001.p/17"));
    CHECK(has(70000, "tile/entries/273.p/112"));
    CHECK(has(70000, "tile/2/000.p/1"));
}

TEST_CASE("the files that a growth changes") {
    CHECK(tiles_between(7, 7).empty());
    CHECK(tiles_between(8, 7).empty());
    CHECK(
        paths(tiles_between(3, 5))
        == std::vector<std::string>{"tile/entries/000.p/5", "tile/0/000.p/5"}
    );
    CHECK(
        paths(tiles_between(255, 257))
        == std::vector<
            std::
                string>{"tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"}
    );
    CHECK(
        paths(tiles_between(256, 511))
        == std::vector<std::string>{"tile/entries/001.p/255", "tile/0/001.p/255"}
    );
    CHECK(
        paths(tiles_between(65535, 65536))
        == std::vector<
            std::string>{"tile/entries/255", "tile/0/255", "tile/1/000", "tile/2/000.p/1"}
    );
}

TEST_CASE("growing in two steps or in one ends with the same full files") {
    for (const std::uint64_t middle : {1U, 255U, 256U, 300U, 511U, 512U, 65535U, 65536U}) {
        std::vector<Tile> stepwise = tiles_between(0, middle);
        const std::vector<Tile> rest = tiles_between(middle, 70000);
        stepwise.insert(stepwise.end(), rest.begin(), rest.end());
        for (const Tile& tile : tiles_for_size(70000)) {
            REQUIRE(std::ranges::find(stepwise, tile) != stepwise.end());
        }
    }
}

TEST_CASE("a hash tile has exactly its width") {
    const std::vector<Hash> hashes = reference::numbered_leaves(3);
    const Bytes file = encode_hashes(hashes);
    CHECK(file.size() == 96);
    CHECK(decode_hashes(file, 3).value() == hashes);
    CHECK_FALSE(decode_hashes(file, 2).has_value());
    CHECK_FALSE(decode_hashes(file, 4).has_value());
    CHECK_FALSE(decode_hashes(ByteView(file).first(95), 3).has_value());
    CHECK_FALSE(decode_hashes({}, 1).has_value());
}

TEST_CASE("entry bundles: lengths, empty entries and the largest one") {
    Bytes bundle;
    REQUIRE(append_entry(bundle, as_bytes("one")).has_value());
    REQUIRE(append_entry(bundle, {}).has_value());
    const Bytes largest(kMaxEntryBytes, 7);
    REQUIRE(append_entry(bundle, largest).has_value());
    const std::size_t size = bundle.size();
    CHECK(size == 5 + 2 + 2 + 65'535);
    CHECK_FALSE(append_entry(bundle, Bytes(kMaxEntryBytes + 1, 7)).has_value());
    CHECK(bundle.size() == size);

    const std::vector<ByteView> entries = decode_entries(bundle, 3).value();
    CHECK(as_text(entries[0]) == "one");
    CHECK(entries[1].empty());
    CHECK(equal(entries[2], largest));
    CHECK_FALSE(decode_entries(bundle, 2).has_value());
    CHECK_FALSE(decode_entries(bundle, 4).has_value());
    for (const std::size_t cut : {1U, 4U, 6U, 8U, 100U}) {
        CHECK_FALSE(decode_entries(ByteView(bundle).first(cut), 3).has_value());
    }
    bundle.push_back(0);
    CHECK_FALSE(decode_entries(bundle, 3).has_value());
}

TEST_CASE("a tile reader falls back to the full tile, never to a wrong width") {
    const std::vector<Hash> hashes = reference::numbered_leaves(256);
    const Bytes full = encode_hashes(hashes);
    const Tile partial{TileKind::hashes, 0, 0, 5};
    std::vector<std::string> asked;
    const TileReader only_full = [&](const std::string& path) -> Result<Bytes> {
        asked.push_back(path);
        if (path == "tile/0/000") return full;
        return fail("not found");
    };
    CHECK(
        read_hash_tile(partial, only_full).value()
        == std::vector<Hash>(hashes.begin(), hashes.begin() + 5)
    );
    CHECK(asked == std::vector<std::string>{"tile/0/000.p/5", "tile/0/000"});

    const TileReader short_full = [&](const std::string& path) -> Result<Bytes> {
        if (path == "tile/0/000") return Bytes(full.begin(), full.begin() + 32 * 5);
        return fail("not found");
    };
    CHECK_FALSE(read_hash_tile(partial, short_full).has_value());
    const TileReader wide_partial = [&](const std::string&) -> Result<Bytes> { return full; };
    CHECK_FALSE(read_hash_tile(partial, wide_partial).has_value());
    const TileReader nothing = [](const std::string&) -> Result<Bytes> { return fail("gone"); };
    CHECK(read_hash_tile(partial, nothing).error().what == "tile/0/000.p/5: gone");
    CHECK_FALSE(hashes_from_tiles(5, only_full)(std::vector<NodeId>{{0, 5}}).has_value());
    CHECK_FALSE(hashes_from_tiles(5, only_full)(std::vector<NodeId>{{2, 1}}).has_value());
    CHECK_FALSE(hashes_from_tiles(5, only_full)(std::vector<NodeId>{{63, 0}}).has_value());
}
