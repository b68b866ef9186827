#pragma once

#include "ledger/merkle/tree.hpp"
#include "ledger/merkle/verdict.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// c2sp.org/tlog-proof: inclusion of one entry, checkable without a network.

namespace handprint::merkle {

inline constexpr std::size_t kMaxProofFileBytes = 4'000'000;
inline constexpr std::size_t kMaxInclusionHashes = 63;

struct ProofFile {
    std::optional<Bytes> extra; // covered by no signature; never empty
    std::uint64_t index = 0;
    std::vector<Hash> hashes; // leaf's sibling first
    std::string checkpoint;   // the signed note, verbatim

    bool operator==(const ProofFile&) const = default;
};

/// Failure unless the file has exactly the shape of the format. What is in the checkpoint is judged
/// by verify_proof_file.
[[nodiscard]] Result<ProofFile> parse_proof_file(std::string_view file);

/// The inverse. Failure if parse_proof_file would refuse the outcome.
[[nodiscard]] Result<std::string> format_proof_file(const ProofFile& proof);

struct ProofVerdict {
    CheckpointVerdict checkpoint;
    /// Empty means accepted: the entry is in the log. The first decides: those of the checkpoint,
    /// then that of verify_inclusion, which is only tried if the checkpoint is accepted.
    std::vector<Rejection> errors;

    [[nodiscard]] bool accepted() const noexcept { return errors.empty(); }
};

/// `leaf` is the leaf hash of the entry as the caller computed it, never one that came with the
/// file.
[[nodiscard]] ProofVerdict
verify_proof_file(const ProofFile& proof, const Hash& leaf, const Policy& policy);

/// Parses first; a file that does not parse is refused as proof_malformed.
[[nodiscard]] ProofVerdict
verify_proof_file(std::string_view file, const Hash& leaf, const Policy& policy);

} // namespace handprint::merkle
