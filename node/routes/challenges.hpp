#pragma once

// What a holder of a key signs to open a session. A challenge carries its own end and a tag for the
// key that it is for, so nothing is kept for those who only ask, however many they are; only the
// used ones are remembered until they end.

#include "ledger/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace handprint::routes {

struct Challenge {
    std::string text;         // base64 of 32 bytes: end (8), random (8), tag (16)
    std::int64_t expires = 0; // milliseconds since 1970
};

/// Any thread.
class Challenges {
public:
    static constexpr std::int64_t lasts_ms = 2 * 60 * 1000;

    /// With a secret of this process: challenges of another are unknown.
    explicit Challenges(const Hash& secret) : secret_(secret) {}

    /// For the holder of `key` (as text), made different from others by `random`.
    [[nodiscard]] Challenge
    make(std::string_view key, std::uint64_t random, std::int64_t now) const;
    /// Whether it is one of ours for this key, not used and not too old; then it is used.
    [[nodiscard]] bool take(std::string_view text, std::string_view key, std::int64_t now);
    /// How many are remembered.
    [[nodiscard]] std::size_t remembered();

private:
    [[nodiscard]] Bytes tag(ByteView head, std::string_view key) const;

    Hash secret_;
    std::mutex mutex_;
    std::set<std::pair<std::int64_t, std::string>> used_; // by end
};

} // namespace handprint::routes
