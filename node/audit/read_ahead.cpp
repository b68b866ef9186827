#include "node/audit/read_ahead.hpp"

#include <algorithm>

namespace handprint::audit {

ReadAhead::ReadAhead(store::Store& store, Int size, const record::KeyHints& hints, unsigned threads)
    : store_(store), size_(size), hints_(hints) {
    for (unsigned i = 0; i < std::max(1U, threads); ++i)
        threads_.emplace_back([this] { run(); });
}

ReadAhead::~ReadAhead() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

Result<std::vector<ReadEntry>> ReadAhead::next() {
    if (wanted_ >= size_) return std::vector<ReadEntry>{};
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_.contains(wanted_); });
    Page out = std::move(ready_.extract(wanted_).mapped());
    wanted_ += page;
    lock.unlock();
    changed_.notify_all();
    return out;
}

void ReadAhead::give_back(std::vector<ReadEntry> entries) {
    const std::lock_guard lock(mutex_);
    spent_.push_back(std::move(entries));
}

void ReadAhead::run() {
    while (true) {
        Int from = 0;
        std::vector<ReadEntry> spent;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] {
                return stopping_ || taken_ >= size_
                       || std::cmp_less(taken_ - wanted_, page * static_cast<Int>(most_waiting));
            });
            if (stopping_ || taken_ >= size_) return;
            from = taken_;
            taken_ += page;
            if (!spent_.empty()) {
                spent = std::move(spent_.back());
                spent_.pop_back();
            }
        }
        spent.clear();
        Page made = read(from, std::move(spent));
        {
            const std::lock_guard lock(mutex_);
            ready_.emplace(from, std::move(made));
        }
        changed_.notify_all();
    }
}

ReadAhead::Page ReadAhead::read(Int from, std::vector<ReadEntry> out) {
    const Int to = std::min(from + page, size_);
    auto records = store_.entries(from, static_cast<std::size_t>(to - from));
    if (!records) return unexpected(records.error());
    auto parts = store_.parts_between(from, to);
    if (!parts) return unexpected(parts.error());
    out.reserve(records->size());
    auto part = parts->begin();
    for (auto& record : *records) {
        if (record.index >= to) break; // a gap: told by who counts
        while (part != parts->end() && part->index < record.index)
            ++part;
        const auto first = part;
        while (part != parts->end() && part->index == record.index)
            ++part;
        read_entry(
            out.emplace_back(),
            std::move(record),
            {std::make_move_iterator(first), std::make_move_iterator(part)},
            hints_
        );
    }
    return out;
}

} // namespace handprint::audit
