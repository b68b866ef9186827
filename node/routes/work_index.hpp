#pragma once

// The index of open work, fed by the sequencer and asked by routes. Thread-safe.

#include "node/matching/open_work.hpp"
#include "node/pipeline/job.hpp"

#include <mutex>
#include <shared_mutex>

namespace handprint::routes {

using market::Int;

class WorkIndex final : public pipeline::Follower {
public:
    void row(const market::Row& row) override {
        const std::unique_lock lock(mutex_);
        work_.row(row);
    }

    void claim(Int member, Int batch, Int until, const std::vector<Int>& tasks) override {
        const std::unique_lock lock(mutex_);
        work_.claim(member, batch, until, tasks);
    }

    void forget() override {
        const std::unique_lock lock(mutex_);
        work_.forget();
    }

    template <class F>
    auto ask(Int now, F&& question) {
        {
            const std::shared_lock lock(mutex_);
            if (!work_.due(now)) return question(static_cast<const matching::OpenWork&>(work_));
        }
        const std::unique_lock lock(mutex_);
        work_.expire(now);
        return question(static_cast<const matching::OpenWork&>(work_));
    }

private:
    std::shared_mutex mutex_;
    matching::OpenWork work_;
};

} // namespace handprint::routes
