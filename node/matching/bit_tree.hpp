#pragma once

#include "node/market/rows.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace handprint::matching {

using market::Int;

/// A set of numbers 0..size-1, one bit each, with a bit above every 64 bits that says whether any
/// of them is set. Finding the next member takes a handful of steps however many numbers there are.
/// Reading is safe from many threads, writing from one alone.
class BitTree {
public:
    explicit BitTree(Int size, bool full = false);

    [[nodiscard]] Int size() const noexcept { return size_; }

    [[nodiscard]] Int count() const noexcept { return count_; }

    [[nodiscard]] bool test(Int number) const;
    void set(Int number, bool member);
    /// The smallest member that is not below `from`; market::never if there is none.
    [[nodiscard]] Int next(Int from) const;

private:
    static constexpr std::size_t most_levels = 6; // 64^6 numbers

    [[nodiscard]] std::size_t words(std::size_t level) const {
        return starts_[level + 1] - starts_[level];
    }

    Int size_ = 0, count_ = 0;
    std::size_t levels_ = 0;
    std::array<std::size_t, most_levels + 1> starts_{};
    std::vector<std::uint64_t> bits_; // level 0 first: the numbers themselves
};

} // namespace handprint::matching
