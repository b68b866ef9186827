#include "node/http/server.hpp"

#include "node/http/wire.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

namespace handprint::http {

namespace {

Result<void> listen_at(tcp::acceptor& acceptor, const Listen& where) {
    error_code ec;
    const auto address = asio::ip::make_address(where.address, ec);
    if (ec) return fail("listen: " + where.address + ": not an IP address");
    const tcp::endpoint endpoint(address, where.port);
    ec = acceptor.open(endpoint.protocol(), ec);
    if (!ec) ec = acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
    if (!ec) ec = acceptor.bind(endpoint, ec);
    if (!ec) ec = acceptor.listen(4096, ec);
    if (!ec) return {};
    return fail(
        "listen: " + where.address + ":" + std::to_string(where.port) + ": " + ec.message()
    );
}

/// Accepts on one address and deals the connections out to the lanes.
class Listener : public std::enable_shared_from_this<Listener> {
public:
    Listener(std::vector<std::shared_ptr<Lane>> lanes, std::shared_ptr<asio::ssl::context> tls)
        : lanes_(std::move(lanes)),
          core_(lanes_.front()->core()),
          tls_(std::move(tls)),
          acceptor_(lanes_.front()->io()),
          pause_(lanes_.front()->io()) {}

    Result<std::uint16_t> open(const Listen& where) {
        if (auto ok = listen_at(acceptor_, where); !ok) return unexpected(ok.error());
        return acceptor_.local_endpoint().port();
    }

    void accept() {
        const auto lane =
            *std::ranges::min_element(lanes_, {}, [](const auto& each) { return each->load(); });
        acceptor_.async_accept(
            lane->io(),
            [self = shared_from_this(), lane](error_code ec, tcp::socket socket) {
                self->on_accept(ec, std::move(socket), lane);
            }
        );
    }

    /// On the first lane's thread.
    void close() {
        closed_ = true;
        error_code ignored;
        regardless(acceptor_.close(ignored));
        pause_.cancel();
    }

private:
    void on_accept(error_code ec, tcp::socket socket, const std::shared_ptr<Lane>& lane) {
        if (closed_) return;
        if (ec) {
            // Out of file descriptors, most likely: trying again at once would only spin.
            core_.observer.connection_refused(ec.message());
            pause_.expires_after(std::chrono::milliseconds(50));
            pause_.async_wait([self = shared_from_this()](error_code) {
                if (!self->closed_) self->accept();
            });
            return;
        }
        if (core_.open.fetch_add(1) >= core_.limits.connections) {
            core_.open.fetch_sub(1);
            turn_away(socket);
        } else {
            hand_over(std::move(socket), lane);
        }
        accept();
    }

    void turn_away(tcp::socket& socket) {
        core_.observer.connection_refused("too many connections");
        constexpr std::string_view kBusy =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\n"
            "Connection: close\r\n\r\n";
        error_code ignored;
        regardless(socket.non_blocking(true, ignored));
        if (!tls_) socket.write_some(asio::buffer(kBusy), ignored);
        regardless(socket.shutdown(tcp::socket::shutdown_send, ignored));
    }

    void hand_over(tcp::socket socket, const std::shared_ptr<Lane>& lane) {
        error_code ec;
        regardless(socket.set_option(tcp::no_delay(true), ec));
        auto address = socket.remote_endpoint(ec).address();
        if (address.is_v6() && address.to_v6().is_v4_mapped()) {
            address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
        }
        std::string peer = address.to_string();
        std::shared_ptr<Connection> connection;
        if (tls_) {
            connection =
                std::make_shared<TlsConnection>(lane, std::move(peer), std::move(socket), tls_);
        } else {
            connection =
                std::make_shared<PlainConnection>(lane, std::move(peer), std::move(socket));
        }
        asio::post(lane->io(), [connection] { connection->start(); });
    }

    std::vector<std::shared_ptr<Lane>> lanes_;
    Core& core_;
    std::shared_ptr<asio::ssl::context> tls_;
    tcp::acceptor acceptor_;
    asio::steady_timer pause_;
    bool closed_ = false;
};

/// Each connection is an open file; the usual soft limit of 1,024 is far below what we allow.
void allow_open_files(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

class Server::Impl {
public:
    Impl(const ServerConfig& config, Router router, ServerParts parts)
        : core_(std::make_shared<Core>(std::move(router), parts, config)) {
        allow_open_files(config.limits.connections + 1024);
        unsigned threads = config.threads;
        if (threads == 0) threads = std::max(std::thread::hardware_concurrency(), 1U);
        for (unsigned i = 0; i < threads; ++i)
            lanes_.push_back(std::make_shared<Lane>(core_));
    }

    ~Impl() { stop(std::chrono::milliseconds(0)); }

    Result<void> listen(const std::vector<Listen>& places) {
        for (const Listen& place : places) {
            std::shared_ptr<asio::ssl::context> tls;
            if (place.tls) {
                auto made = make_tls_context(*place.tls);
                if (!made) return unexpected(std::move(made).error());
                tls = std::move(*made);
            }
            auto listener = std::make_shared<Listener>(lanes_, std::move(tls));
            Result<std::uint16_t> port = listener->open(place);
            if (!port) return unexpected(std::move(port).error());
            ports_.push_back(*port);
            listeners_.push_back(std::move(listener));
        }
        for (const auto& listener : listeners_)
            listener->accept();
        for (const auto& lane : lanes_)
            lane->start();
        running_ = true;
        return {};
    }

    void stop(std::chrono::milliseconds drain) {
        if (!std::exchange(running_, false)) return;
        core_->draining = true;
        asio::post(lanes_.front()->io(), [listeners = listeners_] {
            for (const auto& listener : listeners)
                listener->close();
        });
        const auto deadline = std::chrono::steady_clock::now() + drain;
        while (core_->open > 0 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        for (const auto& lane : lanes_)
            lane->stop();
        listeners_.clear();
    }

    [[nodiscard]] const std::vector<std::uint16_t>& ports() const noexcept { return ports_; }

    [[nodiscard]] std::size_t connections() const noexcept { return core_->open; }

private:
    std::shared_ptr<Core> core_;
    std::vector<std::shared_ptr<Lane>> lanes_;
    std::vector<std::shared_ptr<Listener>> listeners_;
    std::vector<std::uint16_t> ports_;
    bool running_ = false;
};

Result<void> can_listen(const Listen& where) {
    asio::io_context io;
    tcp::acceptor acceptor(io);
    return listen_at(acceptor, where);
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>>
Server::start(const ServerConfig& config, Router router, ServerParts parts) {
    auto impl = std::make_unique<Impl>(config, std::move(router), parts);
    Result<void> listening = impl->listen(config.listen);
    if (!listening) return unexpected(std::move(listening).error());
    return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::vector<std::uint16_t>& Server::ports() const noexcept {
    return impl_->ports();
}

std::size_t Server::connections() const noexcept {
    return impl_->connections();
}

void Server::stop(std::chrono::milliseconds drain) {
    impl_->stop(drain);
}

} // namespace handprint::http
