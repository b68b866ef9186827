#include "node/pipeline/committer.hpp"

#include "ledger/base/check.hpp"

#include <pthread.h>

#include <utility>

namespace handprint::pipeline {

Committer::Committer(store::Store& store, std::function<void()> landed)
    : store_(store), landed_(std::move(landed)) {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-commit");
        run();
    });
}

Committer::~Committer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void Committer::begin(const store::Batch& batch) {
    {
        const std::lock_guard lock(mutex_);
        HP_CHECK(batch_ == nullptr && !result_, "one batch at a time");
        batch_ = &batch;
    }
    changed_.notify_all();
}

bool Committer::ended() const {
    const std::lock_guard lock(mutex_);
    return result_.has_value();
}

store::CommitResult Committer::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    store::CommitResult result = std::move(*result_);
    result_.reset();
    return result;
}

void Committer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || batch_ != nullptr; });
        if (batch_ == nullptr) return;
        const store::Batch& batch = *batch_;
        lock.unlock();
        auto result = store_.commit(batch);
        lock.lock();
        batch_ = nullptr;
        result_ = std::move(result);
        changed_.notify_all();
        lock.unlock();
        landed_();
        lock.lock();
    }
}

} // namespace handprint::pipeline
