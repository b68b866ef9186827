#pragma once

// Who holds which task, until when. Derived from the claim rows (built from them at start), kept in
// memory beside the state because a task's holders cannot be named by a bounded set of keys. A
// lease is over when now >= its end, whether or not a timer has run. Not thread-safe.

#include "node/market/rows.hpp"

#include <unordered_map>
#include <vector>

namespace handprint::market {

class ClaimBook {
public:
    /// Replaces what the member held in that batch; an empty list of tasks ends the claim.
    void set(Int member, Int batch, Int until, std::vector<Int> tasks);
    /// Leases on a task that run at `now`, that of `except` left out.
    [[nodiscard]] Int holders(Int batch, Int task, Int now, Int except) const;
    /// Any running lease in the batch.
    [[nodiscard]] bool any(Int batch, Int now) const;
    void clear();

private:
    struct Held {
        Int until = 0;
        std::vector<Int> tasks;
    };

    struct Holder {
        Int member = 0;
        Int until = 0;
    };

    void let_go(Int member, Int batch, Int task);

    using Pair = std::pair<Int, Int>;

    struct PairHash {
        std::size_t operator()(const Pair& p) const noexcept {
            const auto mixed = static_cast<std::uint64_t>(p.first) * 0x9E3779B97F4A7C15ULL
                               ^ static_cast<std::uint64_t>(p.second);
            return static_cast<std::size_t>(mixed * 0xBF58476D1CE4E5B9ULL >> 7U);
        }
    };

    std::unordered_map<Pair, Held, PairHash> held_;                 // (batch, member)
    std::unordered_map<Pair, std::vector<Holder>, PairHash> tasks_; // (batch, task)
    std::unordered_map<Int, std::unordered_map<Int, Int>> batches_; // batch -> member -> until
};

} // namespace handprint::market
