#include "node/matching/lots.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>
#include <map>

namespace handprint::matching {

Lots::Lots(Shape shape, const std::vector<market::OwnTerms>& own) {
    // Only the price and the time make a lot: how many answers a task wants is no matter of those
    // who give them.
    std::map<std::pair<Int, Int>, std::vector<market::OwnTerms>> groups;
    for (const auto& task : own)
        groups[{task.price_micros, task.expires}].push_back(task);
    lots_.reserve(groups.size() + 1);
    lots_.push_back({{}, {}, Slots(shape.tasks, shape.overlap)});
    Slots& rest = lots_.front().slots; // stays where it is: there is room for all
    for (auto& [terms, tasks] : groups) {
        const bool as_batch = terms == std::pair<Int, Int>{0, 0};
        std::sort(tasks.begin(), tasks.end(), [](const auto& a, const auto& b) {
            return a.task < b.task;
        });
        if (as_batch) {
            for (const auto& task : tasks)
                rest.want(task.task, task.overlap);
            continue;
        }
        Lot lot{{0, 0, terms.first, terms.second}, {}, Slots(std::ssize(tasks), shape.overlap)};
        for (const auto& task : tasks) {
            rest.leave_out(task.task);
            if (task.overlap != 0) lot.slots.want(std::ssize(lot.tasks), task.overlap);
            lot.tasks.push_back(task.task);
            own_.emplace_back(task.task, lots_.size());
        }
        lots_.push_back(std::move(lot));
    }
    std::sort(own_.begin(), own_.end());
}

Lots::Where Lots::find(Int task) const {
    const auto at = std::lower_bound(own_.begin(), own_.end(), std::pair{task, std::size_t{0}});
    if (at == own_.end() || at->first != task) return {0, task};
    const auto& tasks = lots_[at->second].tasks;
    const auto place = std::lower_bound(tasks.begin(), tasks.end(), task) - tasks.begin();
    return {at->second, place};
}

const Lot& Lots::of(const Paid& paid) const {
    const auto found =
        std::find_if(lots_.begin(), lots_.end(), [&](const Lot& lot) { return lot.paid == paid; });
    HP_CHECK(found != lots_.end(), "what is on the shelves is a lot");
    return *found;
}

Lot& Lots::count(Int task, Int submitted) {
    const Where where = find(task);
    Lot& lot = lots_[where.lot];
    lot.slots.count(where.place, submitted);
    return lot;
}

void Lots::answered(Int task, Int member) {
    const Where where = find(task);
    lots_[where.lot].slots.answered(where.place, member);
}

void Lots::lease(Int member, Int until, const std::vector<Int>& tasks) {
    std::vector<std::vector<Int>> places(lots_.size());
    for (const Int task : tasks) {
        const Where where = find(task);
        places[where.lot].push_back(where.place);
    }
    for (std::size_t i = 0; i < lots_.size(); ++i)
        lots_[i].slots.lease(member, until, std::move(places[i]));
}

bool Lots::worked(Int member) const {
    return std::any_of(lots_.begin(), lots_.end(), [member](const Lot& lot) {
        return lot.slots.worked(member);
    });
}

Int Lots::lease_end(Int member) const {
    for (const Lot& lot : lots_) {
        if (const auto* lease = lot.slots.lease_of(member)) return lease->until;
    }
    return market::never;
}

std::vector<Int> Lots::members() const {
    std::vector<Int> all;
    for (const Lot& lot : lots_) {
        const auto some = lot.slots.members();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

std::vector<Int> Lots::candidates(Int member, const Wanted& wanted) const {
    std::vector<Int> out;
    const auto take = [&](const Lot& lot, const std::vector<Int>& places) {
        for (const Int place : places)
            out.push_back(lot.task(place));
    };
    for (const Lot& lot : lots_)
        take(lot, lot.slots.in_hand(member, wanted.now));
    if (out.size() > wanted.most) out.resize(wanted.most);
    for (const Lot& lot : lots_) {
        if (lot.over || lot.paid != wanted.paid || out.size() >= wanted.most) continue;
        const std::size_t more = wanted.most - out.size();
        take(lot, lot.slots.candidates(member, more, wanted.now, wanted.seed));
    }
    return out;
}

} // namespace handprint::matching
