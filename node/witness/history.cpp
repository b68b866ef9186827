#include "node/witness/history.hpp"

#include "ledger/merkle/verdict.hpp"

namespace handprint::witness {

namespace {

bool is_ours(std::string_view note, const OwnLog& log) {
    if (merkle::verify_checkpoint(note, log.policy).log_key) return true;
    for (const auto& policy : log.former) {
        if (merkle::verify_checkpoint(note, policy).log_key) return true;
    }
    return false;
}

} // namespace

bool shows_another_history(std::string_view note, const OwnLog& log) {
    const auto checkpoint = merkle::verify_checkpoint(note, log.policy).checkpoint;
    if (!checkpoint || checkpoint->origin != log.origin || !is_ours(note, log)) return false;
    if (checkpoint->size > log.size) return true;
    const auto root = log.root_at(checkpoint->size);
    return root && *root != checkpoint->root;
}

bool shows_another_history(
    outbound::HttpClient& client,
    const Witness& witness,
    const OwnLog& log,
    std::chrono::milliseconds timeout
) {
    const auto note = latest_checkpoint(client, witness.url, log.origin, timeout);
    return note && *note && shows_another_history(**note, log);
}

bool quorum_without(const merkle::Policy& policy, const std::vector<bool>& doubting) {
    std::vector<bool> left = doubting;
    left.flip();
    return policy.quorum_met(left);
}

} // namespace handprint::witness
