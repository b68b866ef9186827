#pragma once

// Inside the sequencer: a batch under way.

#include "node/pipeline/sequencer.hpp"

#include <chrono>
#include <cstdint>

namespace handprint::pipeline {

/// For the statistics of the steps of a batch.
[[nodiscard]] std::uint64_t us_since(std::chrono::steady_clock::time_point start);

/// A batch under way: what will be stored and who waits.
struct Sequencer::Pending {
    store::Batch batch;
    std::size_t jobs = 0; // at least one
    std::optional<merkle::Frontier> frontier;
    std::vector<NewEntry> entries;
    std::vector<std::pair<Done, Answer>> answers; // positive ones: given after the commit
    std::vector<std::pair<Done, Answer>>
        refused; // decided by this state; given after the commit too

    struct ClaimChange {
        Int member = 0, batch = 0, until = 0;
        std::vector<Int> tasks;
    };

    std::vector<ClaimChange> claims;
};

} // namespace handprint::pipeline
