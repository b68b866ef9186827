#include "node/routes/seq_wait.hpp"

#include "node/http/handle.hpp"
#include "node/routes/answers.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace handprint::routes {

namespace {

constexpr Int look_ms = 10;

/// 0 if it asks for none, or for what is no number; the handler says so.
Int least_of(const http::Request& request) {
    return natural(request.headers.get(min_seq)).value_or(0);
}

} // namespace

SeqWait::SeqWait(Grown grown, Size size, http::Observer& observer)
    : grown_(std::move(grown)), size_(size), observer_(observer) {
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-min-seq");
        run();
    });
}

SeqWait::~SeqWait() {
    stop();
}

bool SeqWait::too_early(const http::Request& request) const {
    const Int least = least_of(request);
    return least > 0 && !grown_(least, 0);
}

void SeqWait::take(http::Request request, http::Reply reply, const http::Route& route) {
    {
        const std::lock_guard lock(mutex_);
        const bool room =
            waiting_.size() < size_.waiting && bytes_ + request.body.size() <= size_.bytes;
        if (!stopped_ && room) {
            bytes_ += request.body.size();
            const Int least = least_of(request);
            const auto until = Clock::now() + size_.patience;
            waiting_.push_back({least, until, std::move(request), std::move(reply), &route});
            wake_.notify_one();
            return;
        }
    }
    reply(not_yet());
}

void SeqWait::stop() {
    std::vector<Piece> left;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        std::swap(left, waiting_);
    }
    wake_.notify_all();
    for (Piece& piece : left)
        piece.reply(not_yet());
    if (thread_.joinable()) thread_.join();
}

std::vector<SeqWait::Piece> SeqWait::take_ended(Clock::time_point now) {
    const auto waits = [&](const Piece& piece) {
        return now < piece.until && !grown_(piece.least, 0);
    };
    const auto ended = std::stable_partition(waiting_.begin(), waiting_.end(), waits);
    std::vector<Piece> out(std::make_move_iterator(ended), std::make_move_iterator(waiting_.end()));
    waiting_.erase(ended, waiting_.end());
    for (const Piece& piece : out)
        bytes_ -= piece.request.body.size();
    return out;
}

void SeqWait::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
        if (stopped_) return;
        auto ended = take_ended(Clock::now());
        const auto next = std::ranges::min_element(waiting_, {}, &Piece::least);
        const Int least = next == waiting_.end() ? 0 : next->least;
        lock.unlock();
        for (Piece& piece : ended) {
            if (grown_(piece.least, 0)) {
                http::handle(
                    *piece.route, std::move(piece.request), std::move(piece.reply), observer_
                );
            } else {
                piece.reply(not_yet());
            }
        }
        if (ended.empty()) (void)grown_(least, look_ms);
        lock.lock();
    }
}

} // namespace handprint::routes
