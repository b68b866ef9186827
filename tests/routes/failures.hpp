#pragma once

#include "node/http/observer.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace handprint::test {

/// Writes down which handlers threw, a line each.
class Failures : public http::Observer {
public:
    void handler_failed(std::string_view route, std::string_view what) override {
        const std::lock_guard lock(mutex_);
        told_.append(route).append(": ").append(what).append("\n");
    }

    [[nodiscard]] std::string told() const {
        const std::lock_guard lock(mutex_);
        return told_;
    }

private:
    mutable std::mutex mutex_;
    std::string told_;
};

} // namespace handprint::test
