#pragma once

#include "ledger/base/bytes.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// c2sp.org/tlog-tiles: the tree as static files of up to 256 hashes, and bundles of up to 256
// entries.

namespace handprint::merkle {

inline constexpr unsigned kTileWidth = 256;
inline constexpr unsigned kTileHeight = 8; // levels of the tree in one tile
inline constexpr std::size_t kMaxEntryBytes = 65'535;

enum class TileKind : std::uint8_t { hashes, entries };

struct Tile {
    TileKind kind = TileKind::hashes;
    unsigned level = 0; // 0 to 63; always 0 for entries
    std::uint64_t index = 0;
    unsigned width = kTileWidth; // hashes or entries in it: 1 to 256; 256 is a full tile

    [[nodiscard]] bool full() const noexcept { return width == kTileWidth; }

    [[nodiscard]] Tile as_full() const noexcept { return {kind, level, index, kTileWidth}; }

    auto operator<=>(const Tile&) const = default;
};

/// "tile/0/x001/x234/067.p/112" or "tile/entries/000", relative to the log's prefix.
[[nodiscard]] std::string tile_path(const Tile& tile);

/// The inverse of tile_path and of nothing else.
[[nodiscard]] Result<Tile> parse_tile_path(std::string_view path);

/// How many hashes level `level` has in a log of `size` entries.
[[nodiscard]] std::uint64_t hashes_at_level(unsigned level, std::uint64_t size) noexcept;

/// Every file that a log of `new_size` serves and that differs from, or was not among, those of
/// `old_size`: entry bundles first, then hashes by level, each by index. Of the partial files only
/// those of `new_size` itself. Empty unless old_size < new_size.
[[nodiscard]] std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t new_size);

/// Every file of a log of `size` entries.
[[nodiscard]] std::vector<Tile> tiles_for_size(std::uint64_t size);

/// The hashes of a tile file. Failure unless it holds exactly `width` of them.
[[nodiscard]] Result<std::vector<Hash>> decode_hashes(ByteView file, unsigned width);
[[nodiscard]] Bytes encode_hashes(std::span<const Hash> hashes);

/// Adds one entry to a bundle: u16 length, then the bytes. Failure above kMaxEntryBytes.
[[nodiscard]] Result<void> append_entry(Bytes& bundle, ByteView entry);

/// The entries of a bundle file, as views into it. Failure unless it holds exactly `width` entries
/// and nothing after them.
[[nodiscard]] Result<std::vector<ByteView>> decode_entries(ByteView file, unsigned width);

} // namespace handprint::merkle
