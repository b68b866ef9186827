#pragma once

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/reason.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::merkle {

struct WitnessedBy {
    std::string witness; // its name in the policy
    std::string key_name;
    std::uint64_t unix_seconds = 0;

    bool operator==(const WitnessedBy&) const = default;
};

/// What a policy says of a checkpoint. A field is filled as far as the check got; only accepted()
/// makes it trustworthy.
struct CheckpointVerdict {
    std::optional<Checkpoint> checkpoint;
    std::optional<VerifierKey>
        log_key; // the first key of the policy, named as the origin, that signed
    std::vector<WitnessedBy>
        witnesses; // in the order of the policy, each with its latest valid time
    bool quorum_met = false;
    /// Empty means accepted. The first decides; see verify_checkpoint for the order.
    std::vector<Rejection> errors;

    [[nodiscard]] bool accepted() const noexcept { return errors.empty(); }
};

/// Judges a signed checkpoint. The reasons, in the order in which they are found:
///   checkpoint_malformed              not a note, or its text not a checkpoint; nothing further
///   checkpoint_unknown_log            no log of the policy has this origin; nothing further
///   checkpoint_log_signature_invalid  a line that names a log's key of the policy is not valid
///   checkpoint_cosignature_invalid    a line that names a witness's key of the policy is not valid
///   checkpoint_not_signed_by_log      no valid line of a log with this origin
///   checkpoint_empty_root_wrong       size 0 with another root
///   quorum_not_met                    by the valid cosignatures
/// The invalid lines come in the order of the note. Times are not judged.
[[nodiscard]] CheckpointVerdict verify_checkpoint(std::string_view note, const Policy& policy);

} // namespace handprint::merkle
