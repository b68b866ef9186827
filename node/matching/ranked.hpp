#pragma once

#include "node/market/rows.hpp"

#include <cstddef>
#include <tuple>
#include <vector>

namespace handprint::matching {

using market::Int;

/// A lot of a batch and what it pays per hour. Better pay comes first, then the older batch.
struct Paid {
    Int pay = 0, batch = 0;
    Int price_micros = 0, expires = 0; // of the lot; 0: as the batch

    friend bool operator<(const Paid& a, const Paid& b) {
        if (a.pay != b.pay) return a.pay > b.pay;
        return std::tie(a.batch, a.expires, a.price_micros)
               < std::tie(b.batch, b.expires, b.price_micros);
    }

    bool operator==(const Paid&) const = default;
};

/// Batches in order of pay, kept in blocks of bounded length, so that taking from the top, changing
/// one and picking the n-th are all quick with 100,000 of them. Not thread-safe for writing.
class Ranked {
public:
    void insert(Paid entry);
    void erase(Paid entry); // no effect if it is not there

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The entry of that rank, 0 being the best paid. `rank` is below size().
    [[nodiscard]] const Paid& at(std::size_t rank) const;

    /// Walks from the top. Valid while the set does not change.
    class Cursor {
    public:
        explicit Cursor(const Ranked& set) : blocks_(&set.blocks_) {}

        [[nodiscard]] bool done() const { return block_ >= blocks_->size(); }

        [[nodiscard]] const Paid& get() const { return (*blocks_)[block_][index_]; }

        void next() {
            if (++index_ < (*blocks_)[block_].size()) return;
            index_ = 0;
            ++block_;
        }

    private:
        const std::vector<std::vector<Paid>>* blocks_;
        std::size_t block_ = 0, index_ = 0;
    };

private:
    [[nodiscard]] std::size_t block_for(const Paid& entry) const;

    std::vector<std::vector<Paid>> blocks_; // none empty; each sorted, and all before the next
    std::size_t size_ = 0;
};

} // namespace handprint::matching
