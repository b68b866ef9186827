#include "ledger/record/due_watch.hpp"

#include <algorithm>

namespace handprint::record {

bool has_due_time(std::string_view kind) noexcept {
    return kind == "auto_accept" || kind == "end_tasks";
}

void DueWatch::add(std::uint64_t index, const Header& header) {
    const std::int64_t time = header.time.ms;
    if (header.kind == "confirm_clock") vouched_until_ = time + kVouchedMs;
    if (!has_due_time(header.kind) || time <= vouched_until_) return;
    if (done_.empty() || done_.back().time < time) done_.push_back({index, time});
}

std::optional<std::uint64_t> DueWatch::first_ahead(std::uint64_t size, Instant seen) const {
    const auto first = std::ranges::upper_bound(done_, seen.ms + kAheadMs, {}, &Done::time);
    if (first == done_.end() || first->index >= size) return std::nullopt;
    return first->index;
}

} // namespace handprint::record
