#include "node/matching/slots.hpp"

#include "node/matching/score.hpp"

#include <algorithm>
#include <utility>

namespace handprint::matching {

namespace {

bool contains(const std::vector<Int>& sorted, Int number) {
    return std::binary_search(sorted.begin(), sorted.end(), number);
}

} // namespace

Slots::Slots(Int tasks, Int overlap)
    : overlap_(overlap), begun_(tasks), fresh_(tasks, overlap > 0) {}

void Slots::want(Int task, Int overlap) {
    if (in_range(task) && overlap != overlap_) wanted_[task] = overlap;
}

void Slots::leave_out(Int task) {
    if (in_range(task)) fresh_.set(task, false);
}

void Slots::place(Int task, const Taken& taken) {
    const Int overlap = wanted(task);
    const bool open = taken.submitted + taken.leases < overlap;
    begun_.set(task, open && taken.submitted > 0);
    fresh_.set(task, open && taken.submitted == 0);
    // What the bits say alone needs no record: untouched is open, finished is not.
    if (taken.leases == 0 && (taken.submitted == 0 || taken.submitted >= overlap)) {
        taken_.erase(task);
    }
}

void Slots::count(Int task, Int submitted) {
    if (!in_range(task)) return;
    Taken& taken = taken_[task];
    taken.submitted = submitted;
    place(task, Taken{taken});
}

void Slots::change_leases(Int task, Int by) {
    if (!in_range(task)) return;
    if (is_finished(task)) {
        // The number of answers is not kept for finished tasks; all that matters is that it is
        // full.
        taken_[task].submitted = wanted(task);
    }
    Taken& taken = taken_[task];
    taken.leases = std::max(taken.leases + by, Int{0});
    place(task, Taken{taken});
}

bool Slots::is_finished(Int task) const {
    return !is_open(task) && !taken_.contains(task);
}

void Slots::answered(Int task, Int member) {
    Part& part = parts_[member];
    part.worked = true;
    if (!in_range(task)) return;
    const auto place_in_list = std::lower_bound(part.own.begin(), part.own.end(), task);
    if (place_in_list != part.own.end() && *place_in_list == task) return;
    part.own.insert(place_in_list, task);
    if (part.own.size() > part.clean_at) clean(part);
}

/// Forgets answers to finished tasks. Each cleaning is paid for by the answers since the last one.
void Slots::clean(Part& part) const {
    std::erase_if(part.own, [this](Int task) {
        const auto found = taken_.find(task);
        if (found == taken_.end()) return !is_open(task);
        return found->second.submitted >= wanted(task);
    });
    part.clean_at = std::max(part.own.size() * 2, std::size_t{64});
}

void Slots::lease(Int member, Int until, std::vector<Int> tasks) {
    const auto found = parts_.find(member);
    if (found == parts_.end() && tasks.empty()) return;
    Part& part = found == parts_.end() ? parts_[member] : found->second;
    std::erase_if(tasks, [this](Int task) { return !in_range(task); });
    std::sort(tasks.begin(), tasks.end());
    tasks.erase(std::unique(tasks.begin(), tasks.end()), tasks.end());
    // Mostly one task of a bundle was handed in: the others are left as they are.
    for (const Int task : part.lease.tasks) {
        if (!contains(tasks, task)) change_leases(task, -1);
    }
    for (const Int task : tasks) {
        if (!contains(part.lease.tasks, task)) change_leases(task, 1);
    }
    part.lease = {tasks.empty() ? 0 : until, std::move(tasks)};
    if (part.lease.tasks.empty() && !part.worked) parts_.erase(member);
}

const Slots::Part* Slots::part_of(Int member) const {
    const auto found = parts_.find(member);
    return found == parts_.end() ? nullptr : &found->second;
}

/// A task in the member's hand that is full for all others but not for the member.
bool Slots::rescued(const Part& part, Int task) const {
    if (is_open(task) || contains(part.own, task)) return false;
    const auto found = taken_.find(task);
    return found != taken_.end()
           && found->second.submitted + found->second.leases - 1 < wanted(task);
}

Int Slots::left(Int member, Int now) const {
    const Part* part = part_of(member);
    if (part == nullptr) return open_tasks();
    Int left = open_tasks();
    for (const Int task : part->own)
        left -= is_open(task) ? 1 : 0;
    if (now < part->lease.until) {
        for (const Int task : part->lease.tasks)
            left += rescued(*part, task) ? 1 : 0;
    }
    return left;
}

bool Slots::has_left(Int member, Int now) const {
    const Part* part = part_of(member);
    if (part == nullptr) return open_tasks() > 0;
    if (std::cmp_greater(open_tasks(), part->own.size())) return true;
    return left(member, now) > 0;
}

bool Slots::worked(Int member) const {
    const Part* part = part_of(member);
    return part != nullptr && part->worked;
}

const Slots::Lease* Slots::lease_of(Int member) const {
    const Part* part = part_of(member);
    return part == nullptr || part->lease.tasks.empty() ? nullptr : &part->lease;
}

std::vector<Int> Slots::members() const {
    std::vector<Int> all;
    all.reserve(parts_.size());
    for (const auto& [member, part] : parts_)
        all.push_back(member);
    return all;
}

/// One search for candidates. `given` is what has been found in one of the two sets.
struct Slots::Search {
    const Part* part;
    const std::vector<Int>* in_hand;
    std::uint64_t seed;
    Int member;

    [[nodiscard]] bool usable(Int task, const std::vector<Int>& given) const {
        if (part != nullptr && contains(part->own, task)) return false;
        if (contains(*in_hand, task)) return false;
        return std::find(given.begin(), given.end(), task) == given.end();
    }

    [[nodiscard]] Int spot(const BitTree& set, Int turn) const {
        const auto size = static_cast<std::uint64_t>(set.size());
        return static_cast<Int>(mix(seed, member, turn) % size);
    }

    /// Tries a bounded number of places; what it finds is spread over the whole batch.
    void probe(const BitTree& set, std::size_t want, std::vector<Int>& given) const {
        if (set.count() == 0 || want == 0) return;
        const Int tries = static_cast<Int>(want) * 4 + 16;
        if (set.count() <= tries) return walk(set, want, given);
        for (Int turn = 0; turn < tries && given.size() < want; ++turn) {
            Int task = set.next(spot(set, turn));
            if (task == market::never) task = set.next(0);
            if (usable(task, given)) given.push_back(task);
        }
    }

    /// Looks at every member of the set from one place on, until there are enough. What it passes
    /// over was answered by the member or found before, so that is what bounds it.
    void walk(const BitTree& set, std::size_t want, std::vector<Int>& given) const {
        if (set.count() == 0 || given.size() >= want) return;
        Int at = spot(set, -1);
        for (Int seen = 0; seen < set.count() && given.size() < want; ++seen) {
            at = set.next(at);
            if (at == market::never) at = set.next(0);
            if (usable(at, given)) given.push_back(at);
            ++at;
        }
    }
};

namespace {

/// Three of `begun` to one of `fresh` while both last.
void weave(
    const std::vector<Int>& begun,
    const std::vector<Int>& fresh,
    std::size_t most,
    std::vector<Int>& out
) {
    std::size_t b = 0, f = 0;
    for (std::size_t turn = 0; out.size() < most; ++turn) {
        const bool take_fresh = turn % 4 == 3 ? f < fresh.size() : b >= begun.size();
        if (take_fresh) {
            if (f >= fresh.size()) break;
            out.push_back(fresh[f++]);
        } else {
            if (b >= begun.size()) break;
            out.push_back(begun[b++]);
        }
    }
}

} // namespace

std::vector<Int> Slots::in_hand(Int member, Int now) const {
    std::vector<Int> out;
    const Part* part = part_of(member);
    if (part == nullptr || now >= part->lease.until) return out;
    for (const Int task : part->lease.tasks) {
        const bool free = is_open(task) ? !contains(part->own, task) : rescued(*part, task);
        if (free) out.push_back(task);
    }
    return out;
}

std::vector<Int>
Slots::candidates(Int member, std::size_t want, Int now, std::uint64_t seed) const {
    std::vector<Int> out;
    const Part* part = part_of(member);
    static const std::vector<Int> nothing;
    const bool holds = part != nullptr && now < part->lease.until;
    const std::vector<Int>& in_hand = holds ? part->lease.tasks : nothing;
    const Search search{part, &in_hand, seed, member};
    std::vector<Int> begun, fresh;
    search.probe(begun_, want, begun);
    const std::size_t rest = want - begun.size();
    search.probe(fresh_, std::max(rest, (want + 3) / 4), fresh);
    if (begun.size() + fresh.size() < want) {
        // Most of what is open was answered by the member: look at all of it, for a free task must
        // not stay hidden.
        search.walk(begun_, want - fresh.size(), begun);
        search.walk(fresh_, want - begun.size(), fresh);
    }
    weave(begun, fresh, want, out);
    return out;
}

} // namespace handprint::matching
