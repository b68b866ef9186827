#include "ledger/merkle/tile_builder.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace handprint::merkle {

TileBuilder::TileBuilder() : levels_(1) {}

Result<TileBuilder> TileBuilder::resume(std::uint64_t size, const TileReader& reader) {
    TileBuilder builder;
    Result<Frontier> frontier = read_frontier(size, hashes_from_tiles(size, reader));
    if (!frontier) return unexpected(std::move(frontier).error());
    builder.frontier_ = std::move(frontier).value();
    for (unsigned level = 0; hashes_at_level(level, size) > 0; ++level) {
        const std::uint64_t count = hashes_at_level(level, size);
        Level open;
        open.tile = count / kTileWidth;
        if (const auto width = static_cast<unsigned>(count % kTileWidth); width != 0) {
            Result<std::vector<Hash>> hashes =
                read_hash_tile({TileKind::hashes, level, open.tile, width}, reader);
            if (!hashes) return unexpected(std::move(hashes).error());
            open.hashes = std::move(hashes).value();
        }
        builder.levels_.resize(level + 1);
        builder.levels_[level] = std::move(open);
    }
    const std::vector<Hash>& leaves = builder.levels_[0].hashes;
    if (leaves.empty()) return builder;
    const auto width = static_cast<unsigned>(leaves.size());
    const Result<std::vector<Bytes>> entries =
        read_entry_bundle({TileKind::entries, 0, size / kTileWidth, width}, reader);
    if (!entries) return unexpected(entries.error());
    for (std::size_t i = 0; i < entries->size(); ++i) {
        if (leaf_hash((*entries)[i]) != leaves[i]) {
            return fail("tiles: the last entry bundle does not fit the last tile");
        }
        const Result<void> added = append_entry(builder.bundle_, (*entries)[i]);
        if (!added) return unexpected(added.error());
    }
    return builder;
}

Result<Hash> TileBuilder::append(ByteView entry) {
    const Result<void> added = append_entry(bundle_, entry);
    if (!added) return unexpected(added.error());
    const Hash hash = leaf_hash(entry);
    frontier_.append(hash);
    const std::uint64_t tile = levels_[0].tile;
    add_hash(0, hash);
    if (levels_[0].hashes.empty()) {
        complete_.push_back({{TileKind::entries, 0, tile, kTileWidth}, std::exchange(bundle_, {})});
    }
    return hash;
}

void TileBuilder::add_hash(unsigned level, const Hash& hash) {
    if (level == levels_.size()) levels_.emplace_back();
    Level& open = levels_[level];
    open.hashes.push_back(hash);
    open.changed = true;
    if (open.hashes.size() < kTileWidth) return;
    complete_.push_back(
        {{TileKind::hashes, level, open.tile, kTileWidth}, encode_hashes(open.hashes)}
    );
    const Hash root = root_of(open.hashes);
    open = Level{{}, open.tile + 1, false};
    add_hash(level + 1, root);
}

std::vector<TileFile> TileBuilder::take_changed() {
    std::vector<TileFile> files = std::exchange(complete_, {});
    const auto width_of = [](const Level& level) {
        return static_cast<unsigned>(level.hashes.size());
    };
    if (levels_[0].changed) {
        files.push_back({{TileKind::entries, 0, levels_[0].tile, width_of(levels_[0])}, bundle_});
    }
    for (unsigned level = 0; level < levels_.size(); ++level) {
        Level& open = levels_[level];
        if (!std::exchange(open.changed, false)) continue;
        files.push_back(
            {{TileKind::hashes, level, open.tile, width_of(open)}, encode_hashes(open.hashes)}
        );
    }
    // Entries before hashes, lower levels first, as tiles_between lists them.
    std::ranges::sort(files, {}, [](const TileFile& file) {
        return std::tuple(file.tile.kind == TileKind::hashes, file.tile.level, file.tile.index);
    });
    return files;
}

} // namespace handprint::merkle
