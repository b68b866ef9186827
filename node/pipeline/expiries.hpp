#pragma once

// When tasks expire for good: which of them, in open batches, may have slots whose hold is to go
// back to the requester. Made of the rows of tasks as they are before their batch opens; whether
// one really has such slots is said by its row when the time has come. Not thread-safe.

#include "node/market/rows.hpp"

#include <map>
#include <set>
#include <utility>
#include <vector>

namespace handprint::pipeline {

using market::Int;

class Expiries {
public:
    void forget();
    /// A row as it was committed; the same row again changes nothing.
    void row(const market::Row& row);

    struct Due {
        Int batch = 0;
        std::vector<Int> tasks; // ascending
    };

    /// Those whose last lease is over by now; of each batch the first, as many as end at a time.
    [[nodiscard]] std::vector<Due> due(Int now) const;
    /// Those are seen to.
    void drop(const Due& due);

private:
    struct Batch {
        bool open = false;
        std::vector<std::pair<Int, Int>> ends; // time, task; sorted when open
        std::size_t next = 0;                  // the first that is not seen to
    };

    void take(const market::TaskRow& row);
    void take(const market::BatchRow& row);

    std::map<Int, Batch> batches_;
    std::set<std::pair<Int, Int>> fronts_; // time of the next, batch
};

} // namespace handprint::pipeline
