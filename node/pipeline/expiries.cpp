#include "node/pipeline/expiries.hpp"

#include "node/market/own_terms.hpp"

#include <algorithm>
#include <variant>

namespace handprint::pipeline {

void Expiries::forget() {
    batches_.clear();
    fronts_.clear();
}

void Expiries::row(const market::Row& row) {
    if (const auto* task = std::get_if<market::TaskRow>(&row)) take(*task);
    if (const auto* batch = std::get_if<market::BatchRow>(&row)) take(*batch);
}

void Expiries::take(const market::TaskRow& row) {
    if (row.expires == 0 || row.ended != 0) return;
    Batch& batch = batches_[row.batch];
    if (!batch.open) batch.ends.emplace_back(row.expires, row.task);
}

void Expiries::take(const market::BatchRow& row) {
    const auto found = batches_.find(row.batch);
    if (found == batches_.end()) return;
    Batch& batch = found->second;
    if (row.state == static_cast<Int>(market::BatchState::closed)) {
        if (batch.next < batch.ends.size())
            fronts_.erase({batch.ends[batch.next].first, row.batch});
        batches_.erase(found);
    } else if (row.state == static_cast<Int>(market::BatchState::open) && !batch.open) {
        batch.open = true;
        for (auto& [time, task] : batch.ends)
            time = market::last_lease_end(row, time);
        std::sort(batch.ends.begin(), batch.ends.end());
        const auto end = std::unique(batch.ends.begin(), batch.ends.end());
        batch.ends.erase(end, batch.ends.end());
        fronts_.emplace(batch.ends.front().first, row.batch);
    }
}

std::vector<Expiries::Due> Expiries::due(Int now) const {
    std::vector<Due> all;
    for (const auto& [front, number] : fronts_) {
        if (front > now) break;
        Due due{number, {}};
        const Batch& batch = batches_.at(number);
        for (std::size_t at = batch.next; at < batch.ends.size(); ++at) {
            const auto& [time, task] = batch.ends[at];
            if (time > now || std::cmp_equal(due.tasks.size(), market::most_ending)) break;
            due.tasks.push_back(task);
        }
        std::sort(due.tasks.begin(), due.tasks.end());
        all.push_back(std::move(due));
    }
    return all;
}

void Expiries::drop(const Due& due) {
    const auto found = batches_.find(due.batch);
    if (found == batches_.end()) return;
    Batch& batch = found->second;
    fronts_.erase({batch.ends[batch.next].first, due.batch});
    batch.next = std::min(batch.next + due.tasks.size(), batch.ends.size());
    if (batch.next < batch.ends.size()) fronts_.emplace(batch.ends[batch.next].first, due.batch);
}

} // namespace handprint::pipeline
