#pragma once

#include "node/http/auth.hpp"
#include "node/http/rate_limit.hpp"
#include "node/http/types.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace handprint::http {

/// What each caller may ask for. Who has shown who it is pays from a bucket of its own, whatever
/// its address; a party's programs (API keys) have another than its people, so that a key which
/// floods can still be revoked. What nobody answers for is paid by the address, and so, apart from
/// it, are credentials and signatures that were not valid. Bounded memory; safe from any thread.
class Quotas {
public:
    using Clock = RateLimiter::Clock;

    struct Rates {
        Rate principal;
        Rate address;
    };

    explicit Quotas(const Rates& rates);

    /// The 429 when there is not enough left; else the tokens are taken.
    [[nodiscard]] std::optional<Response>
    charge(const Principal& principal, double cost, Clock::time_point now);
    [[nodiscard]] std::optional<Response>
    charge_address(std::string_view peer, double cost, Clock::time_point now);
    [[nodiscard]] std::optional<Response>
    charge_failure(std::string_view peer, Clock::time_point now);

    /// Takes nothing: a 429 while the address has sent too much that was not valid.
    [[nodiscard]] std::optional<Response> failing(std::string_view peer, Clock::time_point now);

    struct Refused {
        std::atomic<std::uint64_t> principals{0}, addresses{0}, failures{0};
    };

    [[nodiscard]] const Refused& refused() const noexcept { return refused_; }

private:
    RateLimiter principals_;
    RateLimiter addresses_;
    RateLimiter failures_;
    Refused refused_;
};

} // namespace handprint::http
