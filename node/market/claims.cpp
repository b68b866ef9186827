#include "node/market/claims.hpp"

#include <algorithm>
#include <utility>

namespace handprint::market {

void ClaimBook::let_go(Int member, Int batch, Int task) {
    const auto at = tasks_.find({batch, task});
    if (at == tasks_.end()) return;
    std::erase_if(at->second, [&](const Holder& h) { return h.member == member; });
    if (at->second.empty()) tasks_.erase(at);
}

void ClaimBook::end(Int member, Int batch) {
    held_.erase({batch, member});
    auto& in_batch = batches_[batch];
    in_batch.erase(member);
    if (in_batch.empty()) batches_.erase(batch);
}

void ClaimBook::set(Int member, Int batch, Int until, std::vector<Int> tasks) {
    if (const Held* before = held(member, batch)) {
        for (const Int task : before->tasks)
            let_go(member, batch, task);
        end(member, batch);
    }
    if (tasks.empty()) return;
    for (const Int task : tasks)
        tasks_[{batch, task}].push_back({member, until});
    batches_[batch][member] = until;
    held_[{batch, member}] = {until, std::move(tasks)};
}

void ClaimBook::hand_in(Int member, Int batch, Int task) {
    const auto found = held_.find({batch, member});
    if (found == held_.end() || std::erase(found->second.tasks, task) == 0) return;
    let_go(member, batch, task);
    if (found->second.tasks.empty()) end(member, batch);
}

const ClaimBook::Held* ClaimBook::held(Int member, Int batch) const {
    const auto found = held_.find({batch, member});
    return found == held_.end() ? nullptr : &found->second;
}

Int ClaimBook::holders(Int batch, Int task, Int now, Int except) const {
    const auto at = tasks_.find({batch, task});
    if (at == tasks_.end()) return 0;
    return std::count_if(at->second.begin(), at->second.end(), [&](const Holder& h) {
        return h.member != except && now < h.until;
    });
}

bool ClaimBook::any(Int batch, Int now) const {
    const auto at = batches_.find(batch);
    if (at == batches_.end()) return false;
    return std::any_of(at->second.begin(), at->second.end(), [now](const auto& lease) {
        return now < lease.second;
    });
}

void ClaimBook::hold_off(Int batch, Int until) {
    held_off_[batch] = until;
}

bool ClaimBook::held_off(Int batch, Int now) const {
    const auto at = held_off_.find(batch);
    return at != held_off_.end() && now < at->second;
}

void ClaimBook::clear() {
    held_off_.clear();
    held_.clear();
    tasks_.clear();
    batches_.clear();
}

} // namespace handprint::market
