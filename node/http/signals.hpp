#pragma once

#include <functional>
#include <memory>

namespace handprint::http {

/// Watches SIGINT and SIGTERM on a thread of its own for as long as it lives.
class SignalWatch {
public:
    ~SignalWatch();
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

private:
    friend std::unique_ptr<SignalWatch>
    on_signal(std::function<void(int)> first, std::function<void(int)> second);

    class Impl;

    explicit SignalWatch(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

/// Calls `first` for the first of the signals and `second` for each later one, with its number.
/// `first` must return quickly, or later signals wait: it should only tell another thread to stop.
/// SIGPIPE is ignored from now on.
[[nodiscard]] std::unique_ptr<SignalWatch>
on_signal(std::function<void(int)> first, std::function<void(int)> second);

} // namespace handprint::http
