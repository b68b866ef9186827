#include "node/routes/long_work.hpp"

#include "node/routes/answers.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

namespace handprint::routes {

namespace {

http::Response answer(const LongWork::Work& work, http::Request& request) {
    try {
        return work(request);
    } catch (const std::exception&) {
        return internal();
    }
}

} // namespace

LongWork::LongWork(Size size) : size_(size) {
    for (unsigned i = 0; i < size_.threads; ++i)
        threads_.emplace_back([this] { run(); });
}

LongWork::~LongWork() {
    stop();
}

void LongWork::take(http::Request request, http::Reply reply, Work work) {
    {
        const std::lock_guard lock(mutex_);
        const bool room = waiting_.size() < size_.waiting
                          && (bytes_ == 0 || bytes_ + request.body.size() <= size_.bytes);
        if (!closed_ && room) {
            bytes_ += request.body.size();
            waiting_.push_back({std::move(request), std::move(reply), std::move(work)});
            wake_.notify_one();
            return;
        }
    }
    reply(busy());
}

void LongWork::close() {
    std::deque<Piece> left;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        std::swap(left, waiting_);
    }
    wake_.notify_all();
    turns_.close();
    for (Piece& piece : left)
        piece.reply(busy());
}

void LongWork::stop() {
    close();
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void LongWork::run() {
    pthread_setname_np(pthread_self(), "hp-long");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::size_t bytes = 0;
        {
            Piece piece = std::move(waiting_.front());
            waiting_.pop_front();
            bytes = piece.request.body.size();
            lock.unlock();
            piece.reply(answer(piece.work, piece.request));
        }
        lock.lock();
        bytes_ -= bytes;
    }
}

} // namespace handprint::routes
