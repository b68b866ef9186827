#pragma once

// The rows of one type in memory, found by their key. A row stays where it is until the table is
// cleared, so a pointer to it outlives later insertions; also in a copy.

#include "node/market/key.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace handprint::market {

template <class R>
class RowTable {
public:
    RowTable() = default;

    RowTable(const RowTable& other) : size_(other.size_), numbers_(other.numbers_) {
        for (const auto& block : other.blocks_) {
            auto& copy = blocks_.emplace_back();
            copy.reserve(block.capacity());
            copy.assign(block.begin(), block.end());
        }
    }

    RowTable& operator=(RowTable other) noexcept {
        std::swap(blocks_, other.blocks_);
        std::swap(size_, other.size_);
        std::swap(numbers_, other.numbers_);
        return *this;
    }

    ~RowTable() = default;

    /// Known to hold nothing under its key unless `there`; the key columns of `row` are set
    /// always.
    struct Slot {
        R row;
        bool there = false;
        bool dirty = false;
    };

    using Number = std::uint32_t; // of a slot, in the order in which they were made
    static constexpr Number none = std::numeric_limits<Number>::max();

    [[nodiscard]] Number find(const KeyView& key) const {
        return size_ == 0 ? none : numbers_[place_of(key, tag_of(key))].number;
    }

    /// The slot of a key, made if there is none.
    [[nodiscard]] Number make(const KeyView& key) {
        if ((size_ + 1) * 2 > numbers_.size()) grow();
        const std::uint32_t tag = tag_of(key);
        Place& place = numbers_[place_of(key, tag)];
        if (place.number != none) return place.number;
        place = {tag, static_cast<Number>(size_)};
        set_key(add_slot().row, key);
        return place.number;
    }

    [[nodiscard]] Slot& operator[](Number number) {
        const std::size_t block = block_of(number);
        return blocks_[block][number - first_of(block)];
    }

    [[nodiscard]] const Slot& operator[](Number number) const {
        const std::size_t block = block_of(number);
        return blocks_[block][number - first_of(block)];
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Every row there is, in the order in which their keys came up.
    template <class F>
    void for_each(F&& f) const {
        for (const auto& block : blocks_) {
            for (const Slot& slot : block) {
                if (slot.there) f(slot.row);
            }
        }
    }

    void clear() {
        blocks_.clear();
        size_ = 0;
        numbers_.clear();
    }

private:
    struct Place {
        std::uint32_t tag = 0; // of the hash of the key: spares most looks at other rows
        Number number = none;
    };

    static std::uint32_t tag_of(const KeyView& key) {
        return static_cast<std::uint32_t>(hash_of(key) >> 32U);
    }

    // Blocks of slots, each as large as all before it and never moved: few allocations, and the
    // block of a slot follows from its number.
    static constexpr std::size_t first_block = 16;

    static std::size_t block_of(Number number) {
        return static_cast<std::size_t>(std::bit_width(number / first_block));
    }

    /// The number of a block's first slot.
    static std::size_t first_of(std::size_t block) {
        return block == 0 ? 0 : first_block << (block - 1);
    }

    Slot& add_slot() {
        if (size_ == first_of(blocks_.size())) {
            blocks_.emplace_back().reserve(std::max(size_, first_block));
        }
        Slot& slot = blocks_.back().emplace_back();
        ++size_;
        return slot;
    }

    /// Where the key is, else where it would go. Open addressing, at most half full.
    [[nodiscard]] std::size_t place_of(const KeyView& key, std::uint32_t tag) const {
        const std::size_t mask = numbers_.size() - 1;
        std::size_t at = tag & mask;
        while (numbers_[at].number != none
               && (numbers_[at].tag != tag || key_view((*this)[numbers_[at].number].row) != key)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    void grow() {
        std::vector<Place> old(numbers_.empty() ? 16 : numbers_.size() * 2);
        old.swap(numbers_);
        const std::size_t mask = numbers_.size() - 1;
        for (const Place& place : old) {
            if (place.number == none) continue;
            std::size_t at = place.tag & mask;
            while (numbers_[at].number != none)
                at = (at + 1) & mask;
            numbers_[at] = place;
        }
    }

    std::vector<std::vector<Slot>> blocks_;
    std::size_t size_ = 0;       // of all blocks
    std::vector<Place> numbers_; // a power of two
};

} // namespace handprint::market
