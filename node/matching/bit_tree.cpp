#include "node/matching/bit_tree.hpp"

#include "ledger/base/check.hpp"

#include <bit>

namespace handprint::matching {

namespace {

constexpr std::size_t word_bits = 64;

std::size_t words_for(std::size_t bits) {
    return (bits + word_bits - 1) / word_bits;
}

std::uint64_t bit(std::size_t number) {
    return std::uint64_t{1} << (number % word_bits);
}

} // namespace

BitTree::BitTree(Int size, bool full) : size_(size), count_(full ? size : 0) {
    HP_CHECK(size >= 0, "a set has no negative size");
    auto numbers = static_cast<std::size_t>(size);
    std::size_t total = 0;
    do {
        HP_CHECK(levels_ < most_levels, "more numbers than the levels can hold");
        total += words_for(numbers);
        starts_[++levels_] = total;
        numbers = words_for(numbers);
    } while (numbers > 1);
    bits_.assign(total, 0);
    if (!full) return;
    numbers = static_cast<std::size_t>(size);
    for (std::size_t level = 0; level < levels_; ++level) {
        for (std::size_t i = 0; i < numbers / word_bits; ++i)
            bits_[starts_[level] + i] = ~0ULL;
        const std::size_t rest = numbers % word_bits;
        if (rest != 0) bits_[starts_[level] + numbers / word_bits] = bit(rest) - 1;
        numbers = words_for(numbers);
    }
}

bool BitTree::test(Int number) const {
    if (number < 0 || number >= size_) return false;
    const auto at = static_cast<std::size_t>(number);
    return (bits_[at / word_bits] & bit(at)) != 0;
}

void BitTree::set(Int number, bool member) {
    HP_CHECK(number >= 0 && number < size_, "the number is outside the set");
    if (test(number) == member) return;
    count_ += member ? 1 : -1;
    auto at = static_cast<std::size_t>(number);
    for (std::size_t level = 0; level < levels_; ++level) {
        std::uint64_t& word = bits_[starts_[level] + at / word_bits];
        const bool was_empty = word == 0;
        word = member ? word | bit(at) : word & ~bit(at);
        // The levels above only know whether the word is empty.
        if (member ? !was_empty : word != 0) return;
        at /= word_bits;
    }
}

Int BitTree::next(Int from) const {
    if (from >= size_) return market::never;
    auto at = from < 0 ? std::size_t{0} : static_cast<std::size_t>(from);
    for (std::size_t level = 0; level < levels_; ++level) {
        const std::size_t word = at / word_bits;
        if (word >= words(level)) return market::never;
        const std::uint64_t rest = bits_[starts_[level] + word] >> (at % word_bits);
        if (rest == 0) {
            at = word + 1; // ask the level above for the next word that has anything
            continue;
        }
        at += static_cast<std::size_t>(std::countr_zero(rest));
        while (level > 0) {
            --level;
            const auto first = std::countr_zero(bits_[starts_[level] + at]);
            at = at * word_bits + static_cast<std::size_t>(first);
        }
        return static_cast<Int>(at);
    }
    return market::never;
}

} // namespace handprint::matching
