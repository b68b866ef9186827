#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace handprint::http {

/// `per_second` 0 is no limit.
struct Rate {
    double per_second = 0;
    double burst = 0;
};

/// A token bucket for each of many names. Its memory is bounded: when there are too many names,
/// full buckets (which say nothing) go first, then any. Safe from any thread.
class RateLimiter {
public:
    using Clock = std::chrono::steady_clock;

    explicit RateLimiter(Rate rate, std::size_t names_max = 100'000);

    /// Zero when the tokens were there and are taken; else how long until they will be.
    [[nodiscard]] std::chrono::milliseconds
    take(std::string_view name, double tokens, Clock::time_point now);

    /// The same without taking them.
    [[nodiscard]] std::chrono::milliseconds
    wait(std::string_view name, double tokens, Clock::time_point now);

private:
    struct Bucket {
        double tokens = 0;
        Clock::time_point filled;
    };

    struct Shard {
        std::mutex mutex;
        std::unordered_map<std::uint64_t, Bucket> buckets;
    };

    [[nodiscard]] std::uint64_t hash_of(std::string_view name) const;

    [[nodiscard]] Shard& shard_of(std::uint64_t hash) { return shards_[hash >> 60U]; }

    [[nodiscard]] std::chrono::milliseconds time_for(double tokens) const;
    void make_room(Shard& shard, Clock::time_point now) const;
    [[nodiscard]] double level(const Bucket& bucket, Clock::time_point now) const;

    Rate rate_;
    std::size_t shard_max_;
    std::uint64_t key_;
    std::array<Shard, 16> shards_;
};

} // namespace handprint::http
