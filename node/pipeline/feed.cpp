#include "node/pipeline/feed.hpp"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <utility>

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

Feed::Feed() {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-feed");
        run();
    });
}

Feed::~Feed() {
    stop();
}

void Feed::stop() {
    {
        const std::lock_guard lock(queue_mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::uint64_t Feed::subscribe(Int after, Int size, const Gap& gap, Listener listener) {
    const std::lock_guard lock(mutex_);
    const Int first = items_.empty() ? size : items_.front().index;
    if (after + 1 < first) {
        gap(after + 1, first - 1);
        after = first - 1;
    }
    const auto from = std::lower_bound(
        items_.begin(),
        items_.end(),
        after + 1,
        [](const FeedItem& item, Int index) { return item.index < index; }
    );
    bool more = true;
    for (auto at = from; at != items_.end() && more; ++at)
        more = listener(*at);
    if (more) listeners_.emplace(next_, Listening{after, std::move(listener)});
    return next_++;
}

void Feed::unsubscribe(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(id);
}

std::size_t Feed::listeners() const {
    const std::lock_guard lock(mutex_);
    return listeners_.size();
}

void Feed::entries(const std::vector<NewEntry>& entries) {
    std::vector<FeedItem> items;
    items.reserve(entries.size());
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
        items.push_back(std::move(item));
    }
    {
        const std::lock_guard lock(queue_mutex_);
        std::move(items.begin(), items.end(), std::back_inserter(queue_));
    }
    wake_.notify_one();
}

void Feed::run() {
    std::unique_lock lock(queue_mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        std::vector<FeedItem> items = std::exchange(queue_, {});
        lock.unlock();
        for (FeedItem& item : items)
            tell(std::move(item));
        lock.lock();
    }
}

void Feed::tell(FeedItem item) {
    const std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [&item](const auto& entry) {
        const Listening& one = entry.second;
        return item.index > one.after && !one.tell(item);
    });
    items_.push_back(std::move(item));
    if (std::cmp_greater(items_.size(), replay_most)) items_.pop_front();
}

} // namespace handprint::pipeline
