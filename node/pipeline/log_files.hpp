#pragma once

// The published log as files: <dir>/checkpoint, <dir>/tile/... and <dir>/distribution/... Every
// file appears whole (node/files). A tile or a list of a distribution that is there already must
// have these bytes.

#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/tile_builder.hpp"
#include "ledger/merkle/tile_reader.hpp"
#include "ledger/record/share_list.hpp"
#include "node/market/columns.hpp"

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::pipeline {

using market::Int;

/// Not for use by two threads at once, but for what is const.
class PublishedFiles {
public:
    explicit PublishedFiles(std::string dir) : dir_(std::move(dir)) {}

    /// Their content is durable on return, their names after sync().
    [[nodiscard]] Result<void> put_tiles(std::span<const merkle::TileFile> tiles);
    /// The list of the distribution that is sealed at this index; likewise.
    [[nodiscard]] Result<void> put_share_list(const record::ShareList& list);
    /// All that was put is durable on return, and every directory on the way there.
    [[nodiscard]] Result<void> sync();
    [[nodiscard]] Result<Bytes> share_list(std::uint64_t index) const;
    /// Durable on return.
    [[nodiscard]] Result<void> write_checkpoint(std::string_view note) const;
    /// Empty if none was published yet.
    [[nodiscard]] Result<std::string> checkpoint() const;
    [[nodiscard]] merkle::TileReader reader() const;

    [[nodiscard]] const std::string& dir() const { return dir_; }

private:
    [[nodiscard]] Result<void> put(const std::string& name, ByteView bytes);

    std::string dir_;
    std::set<std::string> unsynced_ = {".."}; // directories, seen from it
};

/// The file in that folder which keeps the policy of before once the log has another key than this.
[[nodiscard]] std::string archived_policy_name(std::uint32_t key_id);
/// Its content: good for checkpoints up to `size` of the log.
[[nodiscard]] std::string archived_policy_text(std::string_view policy, Int size);

/// The policies in a folder, by name of their file; none if there is no such folder.
[[nodiscard]] Result<std::vector<merkle::Policy>> read_policies(const std::string& dir);

} // namespace handprint::pipeline
