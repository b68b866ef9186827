#include "ledger/merkle/tile_reader.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

namespace handprint::merkle {

namespace {

struct Fetched {
    Bytes bytes;
    unsigned width;
};

Result<Fetched> fetch(const Tile& tile, const TileReader& reader) {
    Result<Bytes> exact = reader(tile_path(tile));
    if (exact) return Fetched{std::move(exact).value(), tile.width};
    if (tile.full()) return unexpected(std::move(exact).error());
    Result<Bytes> full = reader(tile_path(tile.as_full()));
    if (!full) return unexpected(std::move(exact).error());
    return Fetched{std::move(full).value(), kTileWidth};
}

Failure in_file(const Tile& tile, const Failure& why) {
    return {tile_path(tile) + ": " + why.what};
}

/// The tile of `level` and `index` at the width it has in a log of `size` entries.
Tile tile_in_log(unsigned level, std::uint64_t index, std::uint64_t size) {
    const std::uint64_t rest = hashes_at_level(level, size) - index * kTileWidth;
    const unsigned width = rest < kTileWidth ? static_cast<unsigned>(rest) : kTileWidth;
    return {TileKind::hashes, level, index, width};
}

Result<Hash> read_node(
    const NodeId& node,
    std::uint64_t size,
    const TileReader& reader,
    std::map<Tile, std::vector<Hash>>& tiles
) {
    if (node.level >= 63 || node.index >= size >> node.level) {
        return fail("hash reader: a subtree outside the tree");
    }
    // A node lies 0 to 7 levels above the hashes stored in its tile.
    const unsigned level = node.level / kTileHeight;
    const unsigned above = node.level % kTileHeight;
    const std::uint64_t first = node.index << above;
    const Tile tile = tile_in_log(level, first / kTileWidth, size);
    auto found = tiles.find(tile);
    if (found == tiles.end()) {
        Result<std::vector<Hash>> hashes = read_hash_tile(tile, reader);
        if (!hashes) return unexpected(std::move(hashes).error());
        found = tiles.emplace(tile, std::move(hashes).value()).first;
    }
    const std::span<const Hash> hashes = found->second;
    return root_of(hashes.subspan(first % kTileWidth, std::size_t{1} << above));
}

/// Compares one level's tiles with what is below. Appends the root of each full tile to `roots`.
Result<void> audit_level(
    unsigned level,
    std::uint64_t size,
    const TileReader& reader,
    const std::vector<Hash>& below,
    std::vector<Hash>& roots
) {
    const std::uint64_t count = hashes_at_level(level, size);
    HP_CHECK(below.size() == count, "one hash for each full tile below");
    for (std::uint64_t index = 0; index * kTileWidth < count; ++index) {
        const Tile tile = tile_in_log(level, index, size);
        const Result<std::vector<Hash>> hashes = read_hash_tile(tile, reader);
        if (!hashes) return unexpected(hashes.error());
        const std::span<const Hash> expected =
            std::span(below).subspan(index * kTileWidth, tile.width);
        if (!std::ranges::equal(*hashes, expected)) {
            return unexpected(in_file(tile, {"does not follow from the tiles below"}));
        }
        if (tile.full()) roots.push_back(root_of(*hashes));
    }
    return {};
}

/// Level 0 and the entries. Appends the root of each full tile to `roots`.
Result<Frontier>
audit_entries(std::uint64_t size, const TileReader& reader, std::vector<Hash>& roots) {
    Frontier frontier;
    for (std::uint64_t index = 0; index * kTileWidth < size; ++index) {
        const Tile tile = tile_in_log(0, index, size);
        const Tile bundle{TileKind::entries, 0, index, tile.width};
        const Result<std::vector<Hash>> hashes = read_hash_tile(tile, reader);
        if (!hashes) return unexpected(hashes.error());
        const Result<std::vector<Bytes>> entries = read_entry_bundle(bundle, reader);
        if (!entries) return unexpected(entries.error());
        for (std::size_t i = 0; i < tile.width; ++i) {
            if (leaf_hash((*entries)[i]) != (*hashes)[i]) {
                return unexpected(in_file(tile, {"does not follow from the entries"}));
            }
            frontier.append((*hashes)[i]);
        }
        if (tile.full()) roots.push_back(root_of(*hashes));
    }
    return frontier;
}

} // namespace

Result<std::vector<Hash>> read_hash_tile(const Tile& tile, const TileReader& reader) {
    const Result<Fetched> fetched = fetch(tile, reader);
    if (!fetched) return unexpected(in_file(tile, fetched.error()));
    Result<std::vector<Hash>> hashes = decode_hashes(fetched->bytes, fetched->width);
    if (!hashes) return unexpected(in_file(tile, hashes.error()));
    hashes->resize(tile.width);
    return hashes;
}

Result<std::vector<Bytes>> read_entry_bundle(const Tile& tile, const TileReader& reader) {
    const Result<Fetched> fetched = fetch(tile, reader);
    if (!fetched) return unexpected(in_file(tile, fetched.error()));
    const Result<std::vector<ByteView>> views = decode_entries(fetched->bytes, fetched->width);
    if (!views) return unexpected(in_file(tile, views.error()));
    std::vector<Bytes> entries;
    entries.reserve(tile.width);
    for (std::size_t i = 0; i < tile.width; ++i)
        entries.push_back(to_bytes((*views)[i]));
    return entries;
}

HashReader hashes_from_tiles(std::uint64_t size, TileReader reader) {
    return [size, reader = std::move(reader)](std::span<const NodeId> nodes
           ) -> Result<std::vector<Hash>> {
        std::map<Tile, std::vector<Hash>> tiles;
        std::vector<Hash> hashes;
        hashes.reserve(nodes.size());
        for (const NodeId& node : nodes) {
            const Result<Hash> hash = read_node(node, size, reader, tiles);
            if (!hash) return unexpected(hash.error());
            hashes.push_back(*hash);
        }
        return hashes;
    };
}

Result<Hash> root_from_tiles(std::uint64_t size, const TileReader& reader) {
    return root_at(size, hashes_from_tiles(size, reader));
}

Result<Hash> audit_tiles(std::uint64_t size, const TileReader& reader) {
    std::vector<Hash> below;
    const Result<Frontier> frontier = audit_entries(size, reader, below);
    if (!frontier) return unexpected(frontier.error());
    for (unsigned level = 1; hashes_at_level(level, size) > 0; ++level) {
        std::vector<Hash> roots;
        const Result<void> same = audit_level(level, size, reader, below, roots);
        if (!same) return unexpected(same.error());
        below = std::move(roots);
    }
    return frontier->root();
}

} // namespace handprint::merkle
