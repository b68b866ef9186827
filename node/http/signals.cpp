#include "node/http/signals.hpp"

#include "node/http/beast.hpp"

#include <csignal>
#include <thread>
#include <utility>

namespace handprint::http {

class SignalWatch::Impl {
public:
    Impl(std::function<void(int)> first, std::function<void(int)> second)
        : signals_(io_, SIGINT, SIGTERM), first_(std::move(first)), second_(std::move(second)) {
        std::signal(SIGPIPE, SIG_IGN);
        wait();
        thread_ = std::thread([this] { io_.run(); });
    }

    ~Impl() {
        asio::post(io_, [this] { signals_.cancel(); });
        thread_.join();
    }

private:
    void wait() {
        signals_.async_wait([this](error_code ec, int number) {
            if (ec) return;
            (std::exchange(seen_, true) ? second_ : first_)(number);
            wait();
        });
    }

    asio::io_context io_{1};
    asio::signal_set signals_;
    std::function<void(int)> first_;
    std::function<void(int)> second_;
    bool seen_ = false;
    std::thread thread_;
};

SignalWatch::SignalWatch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

SignalWatch::~SignalWatch() = default;

std::unique_ptr<SignalWatch>
on_signal(std::function<void(int)> first, std::function<void(int)> second) {
    return std::unique_ptr<SignalWatch>(
        new SignalWatch(std::make_unique<SignalWatch::Impl>(std::move(first), std::move(second)))
    );
}

} // namespace handprint::http
