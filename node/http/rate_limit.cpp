#include "node/http/rate_limit.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace handprint::http {

RateLimiter::RateLimiter(Rate rate, std::size_t names_max)
    : rate_{rate.per_second, std::max(rate.burst, 1.0)},
      shard_max_(std::max<std::size_t>(names_max / 16, 16)),
      key_(std::uint64_t{std::random_device{}()} << 32U | std::random_device{}()) {}

double RateLimiter::level(const Bucket& bucket, Clock::time_point now) const {
    const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    return std::min(rate_.burst, bucket.tokens + std::max(seconds, 0.0) * rate_.per_second);
}

void RateLimiter::make_room(Shard& shard, Clock::time_point now) const {
    std::erase_if(shard.buckets, [&](const auto& entry) {
        return level(entry.second, now) >= rate_.burst;
    });
    // Everybody is active: forgetting a bucket forgives its owner, which is better than refusing
    // a stranger or growing for ever.
    while (shard.buckets.size() > shard_max_ - shard_max_ / 4)
        shard.buckets.erase(shard.buckets.begin());
}

std::uint64_t RateLimiter::hash_of(std::string_view name) const {
    std::uint64_t hash = std::hash<std::string_view>{}(name) ^ key_; // callers choose names
    return (hash ^ (hash >> 29U)) * 0xbf58476d1ce4e5b9U;
}

std::chrono::milliseconds RateLimiter::time_for(double tokens) const {
    const double wait_ms = tokens / rate_.per_second * 1000;
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(wait_ms)));
}

std::chrono::milliseconds
RateLimiter::take(std::string_view name, double tokens, Clock::time_point now) {
    if (rate_.per_second <= 0) return std::chrono::milliseconds(0);
    tokens = std::min(tokens, rate_.burst);
    const std::uint64_t hash = hash_of(name);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    auto place = shard.buckets.find(hash);
    if (place == shard.buckets.end()) {
        if (shard.buckets.size() >= shard_max_) make_room(shard, now);
        place = shard.buckets.emplace(hash, Bucket{rate_.burst, now}).first;
    }
    Bucket& bucket = place->second;
    bucket.tokens = level(bucket, now);
    bucket.filled = now;
    if (bucket.tokens < tokens) return time_for(tokens - bucket.tokens);
    bucket.tokens -= tokens;
    return std::chrono::milliseconds(0);
}

std::chrono::milliseconds
RateLimiter::wait(std::string_view name, double tokens, Clock::time_point now) {
    if (rate_.per_second <= 0) return std::chrono::milliseconds(0);
    const std::uint64_t hash = hash_of(name);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    const auto place = shard.buckets.find(hash);
    if (place == shard.buckets.end()) return std::chrono::milliseconds(0);
    const double there = level(place->second, now);
    tokens = std::min(tokens, rate_.burst);
    return there >= tokens ? std::chrono::milliseconds(0) : time_for(tokens - there);
}

} // namespace handprint::http
