#include "node/routes/long_work.hpp"

#include "node/http/handle.hpp"
#include "node/routes/answers.hpp"

#include <pthread.h>

#include <exception>
#include <utility>
#include <variant>

namespace handprint::routes {

namespace {

constexpr std::chrono::milliseconds look_every{10};

/// What cannot be told now is asked again at the next look.
bool is_over(const LongWork::Wait& wait) {
    try {
        return wait.over();
    } catch (const std::exception&) {
        return false;
    }
}

} // namespace

LongWork::LongWork(Size size, http::Observer& observer) : size_(size), observer_(observer) {
    for (unsigned i = 0; i < size_.threads; ++i)
        threads_.emplace_back([this] { run(); });
    threads_.emplace_back([this] { watch(); });
}

LongWork::~LongWork() {
    stop();
}

void LongWork::take(http::Request request, http::Reply reply, Work work) {
    {
        const std::lock_guard lock(mutex_);
        const bool room = waiting_.size() < size_.waiting && aside_.size() < size_.aside
                          && (bytes_ == 0 || bytes_ + request.body.size() <= size_.bytes);
        if (!closed_ && room) {
            const std::size_t bytes = request.body.size();
            bytes_ += bytes;
            waiting_.push_back({std::move(request), std::move(reply), std::move(work), bytes});
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
        take_up([](const Wait&) { return true; });
    }
    wake_.notify_all();
    look_.notify_all();
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
        Piece piece = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        auto outcome = carry_out(piece);
        piece.work = nullptr; // what it held is free before anybody knows of its end
        if (auto* response = std::get_if<http::Response>(&outcome.is)) {
            const std::size_t bytes = piece.bytes;
            piece.reply(std::move(*response));
            piece.request = {};
            lock.lock();
            bytes_ -= bytes;
        } else {
            lock.lock();
            put_aside(std::move(piece), std::get<Wait>(std::move(outcome.is)));
        }
    }
}

LongWork::Outcome LongWork::carry_out(Piece& piece) {
    try {
        return piece.work(piece.request);
    } catch (const std::exception& e) {
        return http::failed(piece.request.route, e, observer_);
    }
}

void LongWork::put_aside(Piece piece, Wait wait) {
    // Work may have let go of the body.
    const std::size_t bytes = piece.request.body.size();
    bytes_ -= piece.bytes - bytes;
    piece.bytes = bytes;
    aside_.emplace_back(std::move(piece), std::move(wait));
    if (closed_) take_up([](const Wait&) { return true; });
    look_.notify_one();
}

/// What has ended goes on before what has not begun.
template <class Ended>
void LongWork::take_up(const Ended& ended) {
    std::erase_if(aside_, [&](auto& one) {
        auto& [piece, wait] = one;
        if (!ended(wait)) return false;
        piece.work = std::move(wait.then);
        waiting_.push_front(std::move(piece));
        wake_.notify_one();
        return true;
    });
}

void LongWork::watch() {
    pthread_setname_np(pthread_self(), "hp-long-wait");
    std::unique_lock lock(mutex_);
    while (true) {
        look_.wait(lock, [this] { return closed_ || !aside_.empty(); });
        if (closed_) return;
        const auto now = std::chrono::steady_clock::now();
        take_up([now](const Wait& wait) { return now >= wait.until || is_over(wait); });
        look_.wait_for(lock, look_every, [this] { return closed_.load(); });
    }
}

} // namespace handprint::routes
