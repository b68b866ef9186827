#pragma once

// Who holds which task, until when: what the claim rows say was claimed, less what the assignment
// rows say was handed in since. Kept in memory beside the state because a task's holders cannot be
// named by a bounded set of keys. A lease is over when now >= its end, whether or not a timer has
// run. Not thread-safe.

#include "node/market/rows.hpp"

#include <unordered_map>
#include <vector>

namespace handprint::market {

class ClaimBook {
public:
    struct Held {
        Int until = 0;
        std::vector<Int> tasks;
    };

    /// Replaces what the member held in that batch; an empty list of tasks ends the claim.
    void set(Int member, Int batch, Int until, std::vector<Int> tasks);
    /// Takes one task off what the member holds, if it is held; the claim ends with the last.
    void hand_in(Int member, Int batch, Int task);
    /// What is left of the claim, or nothing.
    [[nodiscard]] const Held* held(Int member, Int batch) const;

    /// f(member, batch, held) for every claim, in no order.
    template <class F>
    void for_each(F&& f) const {
        for (const auto& [pair, held] : held_)
            f(pair.second, pair.first, held);
    }

    /// Leases on a task that run at `now`, that of `except` left out.
    [[nodiscard]] Int holders(Int batch, Int task, Int now, Int except) const;
    /// Any running lease in the batch.
    [[nodiscard]] bool any(Int batch, Int now) const;
    /// Until then no lease in the batch begins or is prolonged, so that those that run are the last
    /// ones.
    void hold_off(Int batch, Int until);
    [[nodiscard]] bool held_off(Int batch, Int now) const;
    void clear();

private:
    struct Holder {
        Int member = 0;
        Int until = 0;
    };

    void let_go(Int member, Int batch, Int task);
    void end(Int member, Int batch);

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
    std::unordered_map<Int, Int> held_off_;                         // batch -> until
};

} // namespace handprint::market
