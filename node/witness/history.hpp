#pragma once

// Whether our own log has gone back in time, or has two histories, as a witness says. What it
// answers anybody can answer; a checkpoint under a key of the log nobody else can have made.

#include "ledger/merkle/policy.hpp"
#include "node/witness/submit.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace handprint::witness {

/// The log as its node has it.
struct OwnLog {
    std::string_view origin;
    const merkle::Policy& policy;
    std::span<const merkle::Policy> former; // of former keys
    std::uint64_t size = 0;
    /// Of the first so many entries; a failure if that is not known.
    std::function<Result<Hash>(std::uint64_t size)> root_at;
};

/// Whether the note is a checkpoint that one of our keys has signed, of a tree that is larger than
/// ours or that ours does not continue. Cosignatures do not matter.
[[nodiscard]] bool shows_another_history(std::string_view note, const OwnLog& log);

/// Asks a witness that says so to show it.
[[nodiscard]] bool shows_another_history(
    outbound::HttpClient& client,
    const Witness& witness,
    const OwnLog& log,
    std::chrono::milliseconds timeout
);

/// Whether the quorum can be met without the witnesses that say so and do not show it: else they
/// are as many as a quorum can rest on, and are believed.
[[nodiscard]] bool quorum_without(const merkle::Policy& policy, const std::vector<bool>& doubting);

} // namespace handprint::witness
