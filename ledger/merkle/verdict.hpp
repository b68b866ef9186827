#pragma once

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/reason.hpp"

#include <cstdint>
#include <optional>
#include <span>
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
    /// The first key of the policy for this origin that signed.
    std::optional<VerifierKey> log_key;
    /// In the order of the policy, each with the latest time that it signed.
    std::vector<WitnessedBy> witnesses;
    bool quorum_met = false;
    /// Empty means accepted. The first decides; see verify_checkpoint for the order.
    std::vector<Rejection> errors;

    [[nodiscard]] bool accepted() const noexcept { return errors.empty(); }
};

/// Judges a signed checkpoint. The reasons, in the order in which they are found:
///   checkpoint_malformed          not a note, or its text not a checkpoint; nothing further
///   checkpoint_unknown_log        no line names a log key of the policy for this origin; nothing
///                                 further
///   checkpoint_signature_invalid  a line that names such a key is not valid, then: a line that
///                                 names a witness's key is not valid; each in the order of the
///                                 note
///   checkpoint_empty_root_wrong   size 0 with another root
///   quorum_not_met                by the valid cosignatures
/// Keys of other origins are unknown keys here. Times are not judged.
[[nodiscard]] CheckpointVerdict verify_checkpoint(std::string_view note, const Policy& policy);

/// Whether these witnesses are a quorum of the policy.
[[nodiscard]] bool is_quorum(const Policy& policy, std::span<const WitnessedBy> witnesses);

/// The latest time at which a quorum of the policy had seen what these witnesses cosigned; nothing
/// if they are no quorum. One witness with a fast clock does not move it.
[[nodiscard]] std::optional<std::uint64_t>
seen_by_quorum(const Policy& policy, const std::vector<WitnessedBy>& witnesses);

/// The same where a note may also be of the time of a former key of the log: the verdict of the
/// first policy that accepts it, else that of the present one.
[[nodiscard]] CheckpointVerdict
verify_checkpoint(std::string_view note, const Policy& present, std::span<const Policy> former);

} // namespace handprint::merkle
