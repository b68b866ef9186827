#pragma once

// Inside node/matching: groups of batches as one member sees them, and their merge in order of
// score.

#include "node/matching/score.hpp"
#include "node/matching/shelves.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace handprint::matching {

/// A group with the parts of the score that all its batches share for a member.
struct Line {
    const Place* place = nullptr;
    const Ranked* batches = nullptr; // nothing for a batch that stands on no shelf
    ScoreParts shared;               // pay and draw are 0
    Int floor = 0, have = 0;         // hourly floor of the currency; the member's level

    [[nodiscard]] ScoreParts parts(Int pay) const {
        ScoreParts parts = shared;
        parts.pay = pay_part(pay, floor);
        return parts;
    }
};

/// A batch that may become an offer.
struct Considered {
    Paid paid;
    const Place* place = nullptr;
    Int have = 0;
    ScoreParts parts;
    bool drawn = false; // would not be on the list without the draw
};

/// Takes batches from many lines in order of their score without the draw, each step costing the
/// logarithm of the number of lines.
class Merge {
public:
    explicit Merge(const std::vector<Line>& lines) {
        heads_.reserve(lines.size());
        for (const Line& line : lines) {
            Ranked::Cursor cursor(*line.batches);
            if (!cursor.done()) heads_.push_back(head(line, cursor));
        }
        std::make_heap(heads_.begin(), heads_.end(), below);
    }

    [[nodiscard]] bool done() const { return heads_.empty(); }

    [[nodiscard]] Int score() const { return heads_.front().score; }

    [[nodiscard]] const Line& line() const { return *heads_.front().line; }

    [[nodiscard]] const Paid& paid() const { return heads_.front().cursor.get(); }

    void next() {
        std::pop_heap(heads_.begin(), heads_.end(), below);
        Head& last = heads_.back();
        last.cursor.next();
        if (last.cursor.done()) {
            heads_.pop_back();
        } else {
            last = head(*last.line, last.cursor);
            std::push_heap(heads_.begin(), heads_.end(), below);
        }
    }

private:
    struct Head {
        Int score = 0;
        const Line* line = nullptr;
        Ranked::Cursor cursor;
    };

    static Head head(const Line& line, const Ranked::Cursor& cursor) {
        return {line.parts(cursor.get().pay).without_draw(), &line, cursor};
    }

    static bool below(const Head& a, const Head& b) {
        if (a.score != b.score) return a.score < b.score;
        const Paid &x = a.cursor.get(), &y = b.cursor.get();
        return x.batch != y.batch ? x.batch > y.batch : y < x;
    }

    std::vector<Head> heads_;
};

/// How many domains beyond the member's own one query looks into.
inline constexpr std::size_t most_other_domains = 64;
/// No list is longer.
inline constexpr std::size_t most_offers = 1000;

} // namespace handprint::matching
