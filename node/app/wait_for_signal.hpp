#pragma once

// SIGINT or SIGTERM ends a program in order; a second one ends it at once.

#include "node/http/signals.hpp"

#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <stop_token>

namespace handprint::app {

class SignalWait {
public:
    SignalWait()
        : watch_(http::on_signal(
              [this](int) {
                  const std::lock_guard lock(mutex_);
                  told_.request_stop();
                  ready_.notify_all();
              },
              [](int) { std::_Exit(130); }
          )) {}

    void wait() const {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [this] { return told_.stop_requested(); });
    }

    /// Says whether the signal came, to what takes its time.
    [[nodiscard]] std::stop_token token() const { return told_.get_token(); }

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable ready_;
    std::stop_source told_;
    std::unique_ptr<http::SignalWatch> watch_;
};

} // namespace handprint::app
