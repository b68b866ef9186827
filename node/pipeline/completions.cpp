#include "node/pipeline/completions.hpp"

#include <pthread.h>

#include <utility>

namespace handprint::pipeline {

Completions::Completions(unsigned threads) {
    for (unsigned i = 0; i < threads; ++i)
        threads_.emplace_back([this] { run(); });
}

Completions::~Completions() {
    stop();
}

void Completions::post(std::vector<std::function<void()>> work) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& piece : work)
            work_.push_back(std::move(piece));
    }
    wake_.notify_all();
}

void Completions::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        thread.join();
}

void Completions::run() {
    pthread_setname_np(pthread_self(), "hp-answers");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !work_.empty(); });
        if (work_.empty()) return;
        auto piece = std::move(work_.front());
        work_.pop_front();
        lock.unlock();
        piece();
        lock.lock();
    }
}

} // namespace handprint::pipeline
