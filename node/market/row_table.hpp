#pragma once

// The rows of one type in memory, found by their key. A row stays where it is until the table is
// cleared, so a pointer to it outlives later insertions.

#include "node/market/key.hpp"

#include <cstdint>
#include <deque>
#include <limits>
#include <utility>
#include <vector>

namespace handprint::market {

template <class R>
class RowTable {
public:
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
        return slots_.empty() ? none : numbers_[place_of(key, tag_of(key))].number;
    }

    /// The slot of a key, made if there is none.
    [[nodiscard]] Number make(const KeyView& key) {
        if ((slots_.size() + 1) * 2 > numbers_.size()) grow();
        const std::uint32_t tag = tag_of(key);
        Place& place = numbers_[place_of(key, tag)];
        if (place.number != none) return place.number;
        place = {tag, static_cast<Number>(slots_.size())};
        set_key(slots_.emplace_back().row, key);
        return place.number;
    }

    [[nodiscard]] Slot& operator[](Number number) { return slots_[number]; }

    [[nodiscard]] const Slot& operator[](Number number) const { return slots_[number]; }

    [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }

    /// Every row there is, in the order in which their keys came up.
    template <class F>
    void for_each(F&& f) const {
        for (const Slot& slot : slots_) {
            if (slot.there) f(slot.row);
        }
    }

    void clear() {
        slots_.clear();
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

    /// Where the key is, else where it would go. Open addressing, at most half full.
    [[nodiscard]] std::size_t place_of(const KeyView& key, std::uint32_t tag) const {
        const std::size_t mask = numbers_.size() - 1;
        std::size_t at = tag & mask;
        while (numbers_[at].number != none
               && (numbers_[at].tag != tag || key_view(slots_[numbers_[at].number].row) != key)) {
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

    std::deque<Slot> slots_;
    std::vector<Place> numbers_; // a power of two
};

} // namespace handprint::market
