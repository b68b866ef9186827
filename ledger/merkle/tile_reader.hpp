#pragma once

#include "ledger/merkle/tile.hpp"
#include "ledger/merkle/tree.hpp"

#include <functional>
#include <string>
#include <vector>

namespace handprint::merkle {

/// Fetches one file of a log by its path ("tile/0/000.p/7"). A Failure means "not there" as well as
/// "could not be read".
using TileReader = std::function<Result<Bytes>(const std::string& path)>;

/// The hashes of one tile. A partial tile that cannot be had is taken from the full tile, which
/// replaces it when the log grows. Failure if a file has the wrong length.
[[nodiscard]] Result<std::vector<Hash>> read_hash_tile(const Tile& tile, const TileReader& reader);

/// The same for an entry bundle.
[[nodiscard]] Result<std::vector<Bytes>>
read_entry_bundle(const Tile& tile, const TileReader& reader);

/// Hashes of a log of `size` entries from its tiles. Each tile is fetched once per call, at the
/// width that `size` implies. Nothing is cached between calls, so it may be shared between threads
/// if `reader` may.
[[nodiscard]] HashReader hashes_from_tiles(std::uint64_t size, TileReader reader);

/// The root by the tiles of the right edge (at most one per level).
[[nodiscard]] Result<Hash> root_from_tiles(std::uint64_t size, const TileReader& reader);

/// Reads every tile and every entry bundle, computes every hash again and returns the root; Failure
/// names the first file that does not follow from the entries. Memory: 32 bytes for 256 entries.
[[nodiscard]] Result<Hash> audit_tiles(std::uint64_t size, const TileReader& reader);

} // namespace handprint::merkle
