#pragma once

#include "node/market/values.hpp"
#include "node/matching/ranked.hpp"
#include "node/matching/slots.hpp"

#include <span>
#include <utility>
#include <vector>

namespace handprint::matching {

/// Tasks of one batch that pay the same and expire at the same time: they are offered together, so
/// that a member knows the pay of each before taking it.
struct Lot {
    Paid paid;
    std::vector<Int> tasks; // sorted; of the lot on the batch's own terms: none, it has the rest
    Slots slots;            // by place in `tasks`, or by task
    bool listed = false;    // stands on the shelves: some task has a free slot
    bool over = false;      // expired: what is in hand stays there, and nothing else is given

    [[nodiscard]] Int task(Int place) const {
        return tasks.empty() ? place : tasks[static_cast<std::size_t>(place)];
    }
};

/// The lots of an open batch; the first is the one on the terms of the batch. Reading is safe from
/// many threads.
class Lots {
public:
    struct Shape {
        Int tasks = 0, overlap = 1;
    };

    Lots(Shape shape, const std::vector<market::OwnTerms>& own);

    [[nodiscard]] std::span<Lot> all() { return lots_; }

    [[nodiscard]] std::span<const Lot> all() const { return lots_; }

    /// That of an entry on the shelves; there is one.
    [[nodiscard]] const Lot& of(const Paid& paid) const;

    /// How many answers the task has now. Gives the lot that it is in.
    Lot& count(Int task, Int submitted);
    void answered(Int task, Int member);
    /// Replaces what the member holds in all lots; no tasks end the lease.
    void lease(Int member, Int until, const std::vector<Int>& tasks);

    [[nodiscard]] bool worked(Int member) const;
    /// When what the member holds ends; nothing is held then if it is never.
    [[nodiscard]] Int lease_end(Int member) const;
    /// All who answered or hold something, in no order; some may come more than once.
    [[nodiscard]] std::vector<Int> members() const;

    /// As Slots::candidates(): what is in hand in any lot, then tasks of the lots that pay that
    /// price until then.
    struct Wanted {
        Paid paid;
        std::size_t most = 0;
        Int now = 0;
        std::uint64_t seed = 0;
    };

    [[nodiscard]] std::vector<Int> candidates(Int member, const Wanted& wanted) const;

private:
    struct Where {
        std::size_t lot = 0;
        Int place = 0;
    };

    [[nodiscard]] Where find(Int task) const;

    std::vector<Lot> lots_;
    std::vector<std::pair<Int, std::size_t>> own_; // task, lot; sorted
};

} // namespace handprint::matching
