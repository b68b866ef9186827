#include "node/market/manifest.hpp"

#include "ledger/merkle/policy.hpp"
#include "ledger/record/manifest.hpp"
#include "node/market/area.hpp"

namespace handprint::market {

std::string manifest_row(const ShareOf& row) {
    return record::distribution_row(
        static_cast<std::uint64_t>(row.member), row.points.value, row.amount.minor
    );
}

std::string manifest_row(const PaidTo& row) {
    return record::payout_row(static_cast<std::uint64_t>(row.member), row.amount.minor);
}

record::ShareOpening
share_opening(Int distribution, const Hash& seed, Int position, const ShareOf& row) {
    return {
        static_cast<std::uint64_t>(distribution),
        static_cast<std::uint64_t>(row.member),
        row.amount.minor,
        books::blind_of(seed, static_cast<std::uint64_t>(position))
    };
}

namespace {

merkle::Policy policy_of(const CoopRow& coop) {
    auto policy = merkle::Policy::parse(coop.policy);
    HP_CHECK(policy.has_value(), "genesis checked the policy");
    return std::move(*policy);
}

} // namespace

Result<merkle::CheckpointVerdict, Refusal>
verify_cosigned(const CoopRow& coop, const std::string& checkpoint) {
    auto verdict = merkle::verify_checkpoint(checkpoint, policy_of(coop));
    if (!verdict.accepted()) {
        return area::refuse(
            Family::invalid,
            std::string(merkle::reason_text(verdict.errors.front().reason)),
            "The checkpoint is not good under the witness policy.",
            "checkpoint"
        );
    }
    return verdict;
}

Result<Int, Refusal> verify_cover(const CoopRow& coop, const std::string& checkpoint, Int now) {
    constexpr Int fresh_ms = 10 * 60 * 1000, ahead_ms = 5 * 60 * 1000;
    const auto verdict = verify_cosigned(coop, checkpoint);
    if (!verdict) return unexpected(verdict.error());
    const Int size = static_cast<Int>(verdict->checkpoint->size);
    if (size <= coop.last_close) {
        return area::refuse(
            Family::later,
            "close_not_covered",
            "The checkpoint does not cover the newest close yet.",
            "checkpoint"
        );
    }
    // One witness more than the quorum needs must not be able to stop a payday with its clock.
    std::vector<merkle::WitnessedBy> fresh;
    for (const auto& witness : verdict->witnesses) {
        const Int seen = static_cast<Int>(witness.unix_seconds) * 1000;
        if (seen <= now + ahead_ms && seen >= now - fresh_ms) fresh.push_back(witness);
    }
    const bool needed = verdict->witnesses.size() != fresh.size();
    if (needed && !merkle::is_quorum(policy_of(coop), fresh)) {
        return area::refuse(
            Family::later,
            "cosignature_not_fresh",
            "Without the cosignatures that are older than 10 minutes or from the future there is no"
            " quorum.",
            "checkpoint"
        );
    }
    return size;
}

} // namespace handprint::market
