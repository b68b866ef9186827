#include "node/market/claims.hpp"

#include <algorithm>
#include <utility>

namespace handprint::market {

void ClaimBook::set(Int member, Int batch, Int until, std::vector<Int> tasks) {
    const Pair mine{batch, member};
    if (const auto old = held_.find(mine); old != held_.end()) {
        for (const Int task : old->second.tasks) {
            const auto at = tasks_.find({batch, task});
            if (at == tasks_.end()) continue;
            std::erase_if(at->second, [&](const Holder& h) { return h.member == member; });
            if (at->second.empty()) tasks_.erase(at);
        }
        held_.erase(old);
    }
    auto& in_batch = batches_[batch];
    if (tasks.empty()) {
        in_batch.erase(member);
        if (in_batch.empty()) batches_.erase(batch);
        return;
    }
    in_batch[member] = until;
    for (const Int task : tasks)
        tasks_[{batch, task}].push_back({member, until});
    held_[mine] = {until, std::move(tasks)};
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

void ClaimBook::clear() {
    held_.clear();
    tasks_.clear();
    batches_.clear();
}

} // namespace handprint::market
