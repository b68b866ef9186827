#pragma once

#include "node/matching/bit_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace handprint::matching {

/// The free slots of one open batch. A task that nobody has touched costs two bits; only tasks
/// under way and members who took part have records of their own. A task is *open* while its
/// submissions and leases are fewer than the answers wanted. Leases last until they are replaced or
/// ended: whoever owns the slots ends those whose time is over. Reading is safe from many threads.
class Slots {
public:
    Slots(Int tasks, Int overlap);

    /// The task wants another number of answers than the rest. Before anything else is told of it.
    void want(Int task, Int overlap);
    /// The task is in another lot.
    void leave_out(Int task);

    /// How many answers the task has now.
    void count(Int task, Int submitted);
    /// The member has answered the task.
    void answered(Int task, Int member);
    /// Replaces what the member holds; no tasks end the lease.
    void lease(Int member, Int until, std::vector<Int> tasks);

    struct Lease {
        Int until = 0;
        std::vector<Int> tasks;
    };

    [[nodiscard]] Int open_tasks() const noexcept { return begun_.count() + fresh_.count(); }

    /// Tasks that the member could be given now, those in hand included. No dearer than the number
    /// of the member's own answers to tasks that are not finished.
    [[nodiscard]] Int left(Int member, Int now) const;
    [[nodiscard]] bool has_left(Int member, Int now) const;

    /// Whether the member could be given all tasks.
    [[nodiscard]] bool has_all(Int member, Int now) const {
        return left(member, now) == begun_.size();
    }

    [[nodiscard]] bool worked(Int member) const;
    [[nodiscard]] const Lease* lease_of(Int member) const;
    /// All who answered or hold something, in no order.
    [[nodiscard]] std::vector<Int> members() const;

    /// What the member holds and could be given again.
    [[nodiscard]] std::vector<Int> in_hand(Int member, Int now) const;
    /// Up to `want` others that the member could be given: three that have answers already for each
    /// untouched one as long as there are both, picked at places that `seed` decides. Empty only if
    /// there are none.
    [[nodiscard]] std::vector<Int>
    candidates(Int member, std::size_t want, Int now, std::uint64_t seed) const;

private:
    struct Taken {
        Int submitted = 0, leases = 0;
    };

    struct Part {
        bool worked = false;
        // Sorted. May name finished tasks, which are thrown out when the list has doubled.
        std::vector<Int> own;
        std::size_t clean_at = 64;
        Lease lease;
    };

    struct Search;

    [[nodiscard]] bool in_range(Int task) const { return task >= 0 && task < begun_.size(); }

    [[nodiscard]] bool is_open(Int task) const { return begun_.test(task) || fresh_.test(task); }

    [[nodiscard]] Int wanted(Int task) const {
        const auto own = wanted_.find(task);
        return own == wanted_.end() ? overlap_ : own->second;
    }

    [[nodiscard]] bool is_finished(Int task) const;
    [[nodiscard]] bool rescued(const Part& part, Int task) const;
    [[nodiscard]] const Part* part_of(Int member) const;
    void change_leases(Int task, Int by);
    void place(Int task, const Taken& taken);
    void clean(Part& part) const;

    Int overlap_;
    std::unordered_map<Int, Int> wanted_;  // answers, by task, where it is not that
    BitTree begun_;                        // open, with an answer
    BitTree fresh_;                        // open, without
    std::unordered_map<Int, Taken> taken_; // neither untouched nor finished, or leased
    std::unordered_map<Int, Part> parts_;  // by member
};

} // namespace handprint::matching
