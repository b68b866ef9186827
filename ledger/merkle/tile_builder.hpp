#pragma once

#include "ledger/merkle/tile_reader.hpp"

#include <cstdint>
#include <vector>

namespace handprint::merkle {

struct TileFile {
    Tile tile;
    Bytes bytes;
};

/// Turns entries into the files of a log. Keeps only the right edge: fewer than 256 hashes a level
/// and the open bundle. Writing the files is the caller's part. Not for use by two threads at once.
class TileBuilder {
public:
    /// An empty log.
    TileBuilder();

    /// Goes on from the files of a log of `size` entries. Failure if they cannot be read or the
    /// entries of the last bundle are not those of the last tile; the caller compares root() with
    /// its head.
    [[nodiscard]] static Result<TileBuilder> resume(std::uint64_t size, const TileReader& reader);

    /// Failure (and no change) above kMaxEntryBytes. Returns the leaf hash.
    [[nodiscard]] Result<Hash> append(ByteView entry);

    [[nodiscard]] std::uint64_t size() const noexcept { return frontier_.size(); }

    [[nodiscard]] Hash root() const { return frontier_.root(); }

    [[nodiscard]] const Frontier& frontier() const noexcept { return frontier_; }

    /// The files that changed since the last call, the same set as tiles_between(then, now).
    [[nodiscard]] std::vector<TileFile> take_changed();

private:
    struct Level {
        std::vector<Hash> hashes; // of the open tile
        std::uint64_t tile = 0;   // its index
        bool changed = false;
    };

    void add_hash(unsigned level, const Hash& hash);

    Frontier frontier_;
    std::vector<Level> levels_;
    Bytes bundle_; // of the open tile of level 0
    std::vector<TileFile> complete_;
};

} // namespace handprint::merkle
