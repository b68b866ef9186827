#pragma once

// Who stands behind a secret, by the hash of the secret. Thread-safe and bounded. Who reads the
// store takes a `reading` first, so that what was withdrawn meanwhile is not kept again.

#include "node/http/auth.hpp"
#include "node/market/rows.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace handprint::routes {

using market::Int;

struct Known {
    http::Principal principal;
    Int expires = 0; // of a session
    Int used = 0;    // when the use of an API key was last written down
};

class PrincipalCache {
public:
    [[nodiscard]] std::optional<Known> find(const std::string& id) const {
        const std::lock_guard lock(mutex_);
        const auto at = known_.find(id);
        if (at == known_.end()) return std::nullopt;
        return at->second;
    }

    [[nodiscard]] std::uint64_t reading() const {
        const std::lock_guard lock(mutex_);
        return withdrawals_;
    }

    void keep(const std::string& id, Known known, std::uint64_t reading) {
        const std::lock_guard lock(mutex_);
        if (reading != withdrawals_) return; // the next request reads the store again
        if (known_.size() >= most) known_.clear();
        known_[id] = std::move(known);
    }

    /// Called when the store has forgotten it already.
    void withdraw(const std::string& id) {
        const std::lock_guard lock(mutex_);
        ++withdrawals_;
        known_.erase(id);
    }

private:
    static constexpr std::size_t most = 100'000;

    mutable std::mutex mutex_;
    std::uint64_t withdrawals_ = 0;
    std::unordered_map<std::string, Known> known_;
};

} // namespace handprint::routes
