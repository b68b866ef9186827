#pragma once

#include "ledger/merkle/note.hpp"
#include "ledger/merkle/reason.hpp"
#include "ledger/merkle/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// c2sp.org/tlog-checkpoint: what a log signs about its tree.

namespace handprint::merkle {

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash root{};
    /// Lines after the third, not vouched for by witnesses. Ours have none; another log's are kept.
    std::vector<std::string> extensions;

    bool operator==(const Checkpoint&) const = default;
};

/// Parses the text of a note. Failure unless: a non-empty origin, a decimal size up to
/// kMaxTreeSize, the base64 of 32 bytes, then only non-empty lines, each ended by LF. Does not
/// judge the root.
[[nodiscard]] Result<Checkpoint> parse_checkpoint(std::string_view text);

/// The three lines. Failure if the origin is empty or not one line of UTF-8, the size is too large,
/// an empty tree has another root than the empty one, or there are extension lines.
[[nodiscard]] Result<std::string> format_checkpoint(const Checkpoint& checkpoint);

/// A size of 0 has the empty root. Reason: checkpoint_empty_root_wrong.
[[nodiscard]] Result<void, Rejection> check_empty_root(const Checkpoint& checkpoint);

/// The signed note of a log whose origin is the name of its key. Failure as format_checkpoint, or
/// if the names differ.
[[nodiscard]] Result<std::string>
sign_checkpoint(const Checkpoint& checkpoint, const NoteSigner& signer);

/// The same note with more signature lines after those it has; a line that is already there is not
/// repeated. Failure if `note` is not a note or would become too large.
[[nodiscard]] Result<std::string>
with_signatures(std::string_view note, const std::vector<NoteSignature>& more);

} // namespace handprint::merkle
