#include "node/pipeline/feed.hpp"

#include <algorithm>
#include <set>

namespace handprint::pipeline {

namespace {

/// What a progress bar needs, for the event kinds that have one.
record::Json summary_of(const std::vector<market::Event>& events) {
    auto json = record::Json::object({});
    for (const auto& event : events) {
        std::visit(
            [&](const auto& e) {
                using E = std::remove_cvref_t<decltype(e)>;
                if constexpr (requires { e.batch; }) json.set("batch", record::Json(e.batch));
                if constexpr (std::is_same_v<E, market::Submitted>) {
                    json.set("submitted", record::Json(e.tasks.size()));
                } else if constexpr (std::is_same_v<E, market::Accepted>) {
                    json.set("accepted", record::Json(e.items.size()));
                } else if constexpr (std::is_same_v<E, market::SkillGranted>) {
                    json.set("skill", record::Json(e.domain));
                    json.set("level", record::Json(e.level));
                } else if constexpr (std::is_same_v<E, market::ReenrolmentProposed>) {
                    json.set("from", record::Json(e.from));
                    json.set("party", record::Json(e.party));
                } else if constexpr (std::is_same_v<E, market::PeriodClosed>) {
                    json.set("period", record::Json(e.period));
                }
            },
            event
        );
    }
    return json;
}

void concerns(FeedItem& item, const std::string& party) {
    if (std::find(item.parties.begin(), item.parties.end(), party) != item.parties.end()) return;
    item.parties.push_back(party);
}

} // namespace

std::uint64_t Feed::subscribe(Int after, Listener listener) {
    const std::lock_guard lock(mutex_);
    for (const FeedItem& item : items_) {
        if (item.index > after) listener(item);
    }
    listeners_.emplace(next_, std::move(listener));
    return next_++;
}

void Feed::unsubscribe(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(id);
}

void Feed::entries(const std::vector<NewEntry>& entries) {
    const std::lock_guard lock(mutex_);
    for (const NewEntry& entry : entries) {
        FeedItem item{entry.index, entry.time, entry.kind, entry.parties, summary_of(entry.events)};
        concerns(item, entry.by);
        for (const auto& event : entry.events) {
            // Delegates sign what happens to the keys of a requester, who has no part in the entry.
            std::visit(
                [&item](const auto& e) {
                    if constexpr (requires { e.party; }) concerns(item, e.party);
                },
                event
            );
        }
        for (const auto& listener : listeners_)
            listener.second(item);
        items_.push_back(std::move(item));
    }
    while (items_.size() > window)
        items_.pop_front();
}

} // namespace handprint::pipeline
