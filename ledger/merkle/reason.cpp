#include "ledger/merkle/reason.hpp"

#include <utility>

namespace handprint::merkle {

std::string_view reason_text(Reason reason) noexcept {
    switch (reason) {
    case Reason::checkpoint_malformed:
        return "checkpoint_malformed";
    case Reason::checkpoint_unknown_log:
        return "checkpoint_unknown_log";
    case Reason::checkpoint_signature_invalid:
        return "checkpoint_signature_invalid";
    case Reason::checkpoint_empty_root_wrong:
        return "checkpoint_empty_root_wrong";
    case Reason::quorum_not_met:
        return "quorum_not_met";
    case Reason::proof_malformed:
        return "proof_malformed";
    case Reason::inclusion_index_out_of_range:
        return "inclusion_index_out_of_range";
    case Reason::inclusion_proof_length_wrong:
        return "inclusion_proof_length_wrong";
    case Reason::inclusion_root_mismatch:
        return "inclusion_root_mismatch";
    case Reason::consistency_sizes_out_of_order:
        return "consistency_sizes_out_of_order";
    case Reason::consistency_proof_length_wrong:
        return "consistency_proof_length_wrong";
    case Reason::consistency_old_root_mismatch:
        return "consistency_old_root_mismatch";
    case Reason::consistency_new_root_mismatch:
        return "consistency_new_root_mismatch";
    }
    HP_CHECK(false, "a reason outside its enumeration");
}

Unexpected<Rejection> reject(Reason reason, std::string detail) {
    return {Rejection{reason, std::move(detail)}};
}

} // namespace handprint::merkle
