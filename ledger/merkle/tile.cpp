#include "ledger/merkle/tile.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/decimal.hpp"

#include <algorithm>
#include <cstdio>

namespace handprint::merkle {

namespace {

constexpr std::string_view kPrefix = "tile/";
constexpr std::string_view kEntries = "entries";
constexpr unsigned kMaxLevel = 63;

/// 1234067 -> "x001/x234/067"
std::string index_path(std::uint64_t index) {
    const auto group = [](std::uint64_t n) {
        std::string digits = std::to_string(n);
        return std::string(3 - digits.size(), '0') + digits;
    };
    std::string path = group(index % 1000);
    for (index /= 1000; index != 0; index /= 1000) {
        path.insert(0, "x" + group(index % 1000) + "/");
    }
    return path;
}

/// Reads the digits of "x001/x234/067" as one number. Does not check the form: the caller compares
/// with what tile_path writes.
Result<std::uint64_t> read_index(std::string_view path) {
    std::string digits;
    for (const char c : path) {
        if (c != 'x' && c != '/') digits.push_back(c);
    }
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size());
    digits.erase(0, first);
    return digits.empty() ? Result<std::uint64_t>(std::uint64_t{0}) : parse_u64(digits);
}

/// The tile that `path` names if it is well formed at all.
Result<Tile> read_tile_path(std::string_view path) {
    if (!path.starts_with(kPrefix)) return fail("tile path: does not begin with tile/");
    path.remove_prefix(kPrefix.size());
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return fail("tile path: no index");
    Tile tile;
    const std::string_view level = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    if (level == kEntries) {
        tile.kind = TileKind::entries;
    } else {
        const Result<std::uint64_t> number = parse_u64(level);
        if (!number || *number > kMaxLevel) return fail("tile path: no such level");
        tile.level = static_cast<unsigned>(*number);
    }
    if (const std::size_t partial = path.find(".p/"); partial != std::string_view::npos) {
        const Result<std::uint64_t> width = parse_u64(path.substr(partial + 3));
        if (!width || *width == 0 || *width >= kTileWidth) return fail("tile path: no such width");
        tile.width = static_cast<unsigned>(*width);
        path = path.substr(0, partial);
    }
    const Result<std::uint64_t> index = read_index(path);
    if (!index) return fail("tile path: the index is not a number");
    tile.index = *index;
    return tile;
}

void add_tiles(
    std::vector<Tile>& out,
    TileKind kind,
    unsigned level,
    std::uint64_t old_count,
    std::uint64_t new_count
) {
    if (old_count >= new_count) return;
    for (std::uint64_t index = old_count / kTileWidth; index * kTileWidth < new_count; ++index) {
        const std::uint64_t rest = new_count - index * kTileWidth;
        const auto width = static_cast<unsigned>(std::min<std::uint64_t>(rest, kTileWidth));
        out.push_back({kind, level, index, width});
    }
}

} // namespace

std::string tile_path(const Tile& tile) {
    HP_CHECK(tile.width >= 1 && tile.width <= kTileWidth, "a tile is 1 to 256 wide");
    std::string path(kPrefix);
    path += tile.kind == TileKind::entries ? std::string(kEntries) : std::to_string(tile.level);
    path += "/" + index_path(tile.index);
    if (!tile.full()) path += ".p/" + std::to_string(tile.width);
    return path;
}

Result<Tile> parse_tile_path(std::string_view path) {
    Result<Tile> tile = read_tile_path(path);
    if (tile && tile_path(*tile) != path) return fail("tile path: not in canonical form");
    return tile;
}

std::uint64_t hashes_at_level(unsigned level, std::uint64_t size) noexcept {
    const unsigned shift = level * kTileHeight;
    return shift < 64 ? size >> shift : 0;
}

std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t new_size) {
    std::vector<Tile> tiles;
    add_tiles(tiles, TileKind::entries, 0, old_size, new_size);
    for (unsigned level = 0; hashes_at_level(level, new_size) > 0; ++level) {
        add_tiles(
            tiles,
            TileKind::hashes,
            level,
            hashes_at_level(level, old_size),
            hashes_at_level(level, new_size)
        );
    }
    return tiles;
}

std::vector<Tile> tiles_for_size(std::uint64_t size) {
    return tiles_between(0, size);
}

Result<std::vector<Hash>> decode_hashes(ByteView file, unsigned width) {
    constexpr std::size_t kHashBytes = std::tuple_size_v<Hash>;
    if (file.size() != width * kHashBytes) return fail("tile: wrong length for its width");
    std::vector<Hash> hashes(width);
    for (std::size_t i = 0; i < width; ++i) {
        const ByteView bytes = file.subspan(i * kHashBytes, kHashBytes);
        std::copy(bytes.begin(), bytes.end(), hashes[i].begin());
    }
    return hashes;
}

Bytes encode_hashes(std::span<const Hash> hashes) {
    Bytes file;
    file.reserve(hashes.size() * std::tuple_size_v<Hash>);
    for (const Hash& hash : hashes)
        append(file, hash);
    return file;
}

Result<void> append_entry(Bytes& bundle, ByteView entry) {
    if (entry.size() > kMaxEntryBytes) return fail("entry bundle: entry above 65,535 bytes");
    put_u16(bundle, static_cast<std::uint16_t>(entry.size()));
    append(bundle, entry);
    return {};
}

Result<std::vector<ByteView>> decode_entries(ByteView file, unsigned width) {
    std::vector<ByteView> entries;
    while (!file.empty()) {
        if (entries.size() == width) return fail("entry bundle: bytes after the last entry");
        const Result<std::uint16_t> length = take_u16(file);
        if (!length) return fail("entry bundle: cut short in a length");
        const Result<ByteView> entry = take_bytes(file, *length);
        if (!entry) return fail("entry bundle: cut short in an entry");
        entries.push_back(*entry);
    }
    if (entries.size() != width) return fail("entry bundle: fewer entries than its width");
    return entries;
}

} // namespace handprint::merkle
