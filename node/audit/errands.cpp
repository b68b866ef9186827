#include "node/audit/errands.hpp"

#include <algorithm>
#include <utility>

namespace handprint::audit {

Errands::Errands(unsigned threads) {
    for (unsigned i = 0; i < std::max(1U, threads); ++i)
        threads_.emplace_back([this] { run(); });
}

Errands::~Errands() {
    stop();
}

void Errands::add(Check check) {
    {
        const std::lock_guard lock(mutex_);
        errands_.push_back({std::move(check)});
    }
    changed_.notify_one();
}

Result<void> Errands::finish(Report& report) {
    stop();
    for (auto& errand : errands_) {
        if (!errand.result) return errand.result;
        report.merge(std::move(errand.report));
    }
    return {};
}

void Errands::stop() {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_)
        thread.join();
    threads_.clear();
}

void Errands::run() {
    while (true) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return closed_ || taken_ < errands_.size(); });
        if (taken_ == errands_.size()) return;
        Errand& errand = errands_[taken_++];
        lock.unlock();
        errand.result = errand.check(errand.report);
    }
}

} // namespace handprint::audit
