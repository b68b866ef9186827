#include "node/http/lane.hpp"

#include "node/http/connection.hpp"

#include <pthread.h>

#include <ctime>
#include <utility>

namespace handprint::http {

namespace {

constexpr std::chrono::milliseconds kTick{100};

} // namespace

Lane::Lane(std::shared_ptr<Core> core)
    : core_(std::move(core)), work_(asio::make_work_guard(io_)), timer_(io_) {
    set_date();
}

Lane::~Lane() = default;

void Lane::start() {
    tick();
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "handprint-http");
        io_.run();
    });
}

void Lane::stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] {
        ended_ = true; // the timer may have gone off already, and would start again
        timer_.cancel();
        const auto all = connections_; // each leaves as it is closed
        for (const auto& connection : all)
            connection->close();
        work_.reset();
    });
    thread_.join();
    std::vector<Letter> late;
    const std::lock_guard lock(mutex_);
    stopped_ = true; // a letter kept for ever would keep its connection, and that this lane
    std::swap(late, mailbox_);
}

void Lane::deliver(
    std::shared_ptr<Connection> to, std::uint64_t ticket, std::optional<Response> answer
) noexcept {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopped_) return;
        first = mailbox_.empty();
        mailbox_.push_back({std::move(to), ticket, std::move(answer)});
    }
    if (first) {
        asio::post(io_, [lane = weak_from_this()] {
            if (const auto self = lane.lock()) self->empty_mailbox();
        });
    }
}

void Lane::empty_mailbox() {
    {
        const std::lock_guard lock(mutex_);
        std::swap(mailbox_, opened_);
    }
    for (Letter& letter : opened_) {
        if (letter.answer) {
            letter.to->take_answer(letter.ticket, std::move(*letter.answer));
        } else {
            letter.to->pump();
        }
    }
    opened_.clear();
}

void Lane::enter(const std::shared_ptr<Connection>& connection) {
    connection->place = connections_.size();
    connections_.push_back(connection);
    load_.store(connections_.size(), std::memory_order_relaxed);
}

void Lane::leave(Connection& connection) {
    const std::size_t place = connection.place;
    std::swap(connections_[place], connections_.back());
    connections_[place]->place = place;
    const auto kept = std::move(connections_.back()); // until the caller, a member of it, is done
    connections_.pop_back();
    load_.store(connections_.size(), std::memory_order_relaxed);
    asio::post(io_, [kept] {});
}

void Lane::tick() {
    timer_.expires_after(kTick);
    timer_.async_wait([this](error_code ec) {
        if (ec || ended_) return;
        set_date();
        look_after_all(Clock::now());
        tick();
    });
}

void Lane::look_after_all(Clock::time_point now) {
    // From the back: one that closes swaps the last, already seen, into its place.
    for (std::size_t i = connections_.size(); i-- > 0;)
        connections_[i]->look_after(now);
}

void Lane::set_date() {
    const std::time_t now = std::time(nullptr);
    if (now == date_second_) return;
    date_second_ = now;
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    date_.assign(text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts));
}

} // namespace handprint::http
