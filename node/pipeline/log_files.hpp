#pragma once

// The published log as files: <dir>/checkpoint, <dir>/tile/... and <dir>/distribution/... Every
// file appears whole (temporary name, fsync, rename, fsync of the directory). A tile or a list of a
// distribution that is there already must have these bytes.

#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/record/share_list.hpp"

#include <span>
#include <string>
#include <vector>

namespace handprint::pipeline {

class PublishedFiles {
public:
    explicit PublishedFiles(std::string dir) : dir_(std::move(dir)) {}

    /// Durable on return, all of them; directories too.
    [[nodiscard]] Result<void> write_tiles(std::span<const merkle::TileFile> files) const;
    /// The list of the distribution that is sealed at this index; durable on return.
    [[nodiscard]] Result<void> write_share_list(const record::ShareList& list) const;
    [[nodiscard]] Result<Bytes> share_list(std::uint64_t index) const;
    [[nodiscard]] Result<void> write_checkpoint(std::string_view note) const;
    /// Empty if none was published yet.
    [[nodiscard]] Result<std::string> checkpoint() const;
    [[nodiscard]] merkle::TileReader reader() const;

    [[nodiscard]] const std::string& dir() const { return dir_; }

private:
    std::string dir_;
};

/// Writes a file that appears whole and is durable on return.
[[nodiscard]] Result<void> write_whole(const std::string& path, ByteView bytes);
[[nodiscard]] Result<Bytes> read_whole(const std::string& path);

/// The policies in a folder, by name of their file; none if there is no such folder.
[[nodiscard]] Result<std::vector<merkle::Policy>> read_policies(const std::string& dir);

} // namespace handprint::pipeline
