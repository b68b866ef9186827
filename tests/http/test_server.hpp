#pragma once

#include "node/http/server.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace handprint::test {

/// Counts what the server reports.
class Counting : public http::Observer {
public:
    void exchange(const http::Exchange& done) override;
    void connection_opened() override;
    void connection_closed() override;
    void connection_refused(std::string_view why) override;
    void handler_failed(std::string_view route, std::string_view what) override;

    /// "POST /echo 200 3/3 m:1", one line an exchange.
    [[nodiscard]] std::string log() const;

    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
    std::atomic<int> refused{0};
    std::atomic<int> failed{0};

private:
    mutable std::mutex mutex_;
    std::string log_;
};

/// Knows the session "good" of m:1 and the key "hp_good" of r:3.
class TwoPeople : public http::Authenticator {
public:
    Result<http::Principal, http::Problem> session(std::string_view cookie) override;
    Result<http::Principal, http::Problem> key(std::string_view bearer) override;
};

/// The routes that the tests use:
///   GET /hello/{who}    POST /echo    POST /big (1 MiB)    GET /large (4 MiB)
///   GET /throws, /unreadable    GET /status/{s} (that status, with a body)
///   POST /later (answered from another thread), /never (dropped), /kept (never answered)
///   GET, POST /me (session)    GET /key (key), /either (requester), /anyone (any)
///   GET /events (stream)
class TestServer {
public:
    explicit TestServer(
        const http::ServerConfig& config = {}, const http::Quotas::Rates& rates = {}
    );
    ~TestServer();

    [[nodiscard]] std::uint16_t port() const { return server->ports().front(); }

    Counting counting;
    TwoPeople people;
    http::Quotas quotas;
    std::mutex mutex;
    std::vector<http::Reply> kept;
    std::vector<std::shared_ptr<http::EventStream>> streams;
    std::string last_event_id;
    std::unique_ptr<http::Server> server;

private:
    [[nodiscard]] http::Router routes();

    std::vector<std::thread> threads_;
};

/// Waits up to five seconds for it to become true.
[[nodiscard]] bool soon(const std::function<bool()>& condition);

} // namespace handprint::test
