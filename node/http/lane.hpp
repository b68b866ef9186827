#pragma once

#include "node/http/beast.hpp"
#include "node/http/gate.hpp"
#include "node/http/stream_places.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace handprint::http {

class Connection;

/// What all connections of a server share.
struct Core {
    Core(Router router, const ServerParts& parts, const ServerConfig& config)
        : limits(config.limits),
          gate(std::move(router), parts, config),
          observer(parts.observer != nullptr ? *parts.observer : nobody),
          waits(parts.waits),
          streams(config.limits.streams, config.limits.streams_each) {}

    const Limits limits;
    Gate gate;
    Observer nobody;
    Observer& observer;
    Waits* const waits; // or null
    std::atomic<std::size_t> open{0};
    StreamPlaces streams;
    std::atomic<std::size_t> large_body_bytes{0};
    std::atomic<bool> draining{false};
};

/// One I/O thread with its event loop and the connections that live on it. A connection never
/// changes its lane, so nothing in it is locked. One timer looks after the deadlines of all of
/// them: a timer each would cost more than the request.
class Lane : public std::enable_shared_from_this<Lane> {
public:
    using Clock = std::chrono::steady_clock;

    explicit Lane(std::shared_ptr<Core> core);
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void start();
    /// After all connections are closed, or they are closed by this.
    void stop();

    [[nodiscard]] asio::io_context& io() noexcept { return io_; }

    [[nodiscard]] Core& core() noexcept { return *core_; }

    [[nodiscard]] std::size_t load() const noexcept {
        return load_.load(std::memory_order_relaxed);
    }

    /// From any thread: an answer for the connection, or a wake-up of its stream. Many letters that
    /// arrive together cost one wake-up of the thread.
    void deliver(
        std::shared_ptr<Connection> to, std::uint64_t ticket, std::optional<Response> answer
    ) noexcept;

    // On the lane's own thread:

    void enter(const std::shared_ptr<Connection>& connection);
    void leave(Connection& connection);

    /// The value of a Date header.
    [[nodiscard]] const std::string& date() const noexcept { return date_; }

private:
    struct Letter {
        std::shared_ptr<Connection> to;
        std::uint64_t ticket;
        std::optional<Response> answer;
    };

    void empty_mailbox();
    void tick();
    void look_after_all(Clock::time_point now);
    void set_date();

    std::shared_ptr<Core> core_;
    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    asio::steady_timer timer_;
    std::thread thread_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::atomic<std::size_t> load_{0};
    bool ended_ = false;
    std::string date_;
    std::time_t date_second_ = 0;
    std::mutex mutex_;
    std::vector<Letter> mailbox_;
    bool stopped_ = false;
    std::vector<Letter> opened_;
};

} // namespace handprint::http
