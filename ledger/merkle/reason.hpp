#pragma once

#include "ledger/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::merkle {

/// Why a proof or a checkpoint is not accepted. Every verifier of this ledger gives the same reason
/// for the same bytes, so the texts of `reason_text` are part of the format and never change.
enum class Reason : std::uint8_t {
    checkpoint_malformed,
    checkpoint_unknown_log,
    checkpoint_signature_invalid,
    checkpoint_empty_root_wrong,
    quorum_not_met,
    proof_malformed,
    inclusion_index_out_of_range,
    inclusion_proof_length_wrong,
    inclusion_root_mismatch,
    consistency_sizes_out_of_order,
    consistency_proof_length_wrong,
    consistency_old_root_mismatch,
    consistency_new_root_mismatch,
};

/// The name of the enumerator: "quorum_not_met".
[[nodiscard]] std::string_view reason_text(Reason reason) noexcept;

struct Rejection {
    Reason reason;
    std::string detail; // for people; not the same in other implementations

    bool operator==(const Rejection&) const = default;
};

[[nodiscard]] Unexpected<Rejection> reject(Reason reason, std::string detail = {});

} // namespace handprint::merkle
