#pragma once

#include "ledger/merkle/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// The bodies of c2sp.org/tlog-witness's add-checkpoint.

namespace handprint::merkle {

inline constexpr std::size_t kMaxConsistencyHashes = 63;

struct AddCheckpointRequest {
    std::uint64_t old_size = 0;
    std::vector<Hash> proof;
    std::string checkpoint; // the signed note, verbatim

    bool operator==(const AddCheckpointRequest&) const = default;
};

/// Failure unless: "old <size>", up to kMaxConsistencyHashes hashes, an empty line, and something
/// after it. Neither the checkpoint nor the proof is judged.
[[nodiscard]] Result<AddCheckpointRequest> parse_add_checkpoint(std::string_view body);

/// The inverse. Failure if parse_add_checkpoint would refuse the outcome.
[[nodiscard]] Result<std::string> format_add_checkpoint(const AddCheckpointRequest& request);

/// The body of a 409 answer (text/x.tlog.size): the witness's latest size and LF.
[[nodiscard]] Result<std::uint64_t> parse_tree_size(std::string_view body);
[[nodiscard]] std::string format_tree_size(std::uint64_t size);

} // namespace handprint::merkle
