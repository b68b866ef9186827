#pragma once

// What holds for one task. Price, answers wanted and expiry are those of its batch unless the row
// of its import says otherwise; the sums over all tasks are what the batch is held for.

#include "ledger/base/money.hpp"
#include "ledger/books/pricing.hpp"
#include "node/market/refusal.hpp"
#include "node/market/rows.hpp"
#include "node/market/values.hpp"

#include <optional>
#include <vector>

namespace handprint::market {

inline constexpr Int most_price_micros = 1'000'000'000'000;
inline constexpr Int most_overlap = 10'000;
inline constexpr Int latest_expiry = 253'402'300'799'999; // the end of the year 9999

struct TaskTerms {
    Int price_micros = 0, overlap = 1;
    Int expires = never; // from then on it is offered and claimed no more
};

/// Those of an import_chunk, command or event.
template <class Chunk>
[[nodiscard]] const std::vector<OwnTerms>& own_terms_of(const Chunk& chunk) {
    static const std::vector<OwnTerms> none;
    return chunk.overrides ? *chunk.overrides : none;
}

/// `task` may be null: nobody has touched the task, and it has no terms of its own.
[[nodiscard]] TaskTerms terms_of(const BatchRow& batch, const TaskRow* task);

/// The lowest price, in micros, that pays that hourly floor at that estimate.
[[nodiscard]] Int least_price(Int floor_minor, const std::string& currency, Int estimate_s);

/// The refusal of a price under `needed`, that lowest one.
[[nodiscard]] Unexpected<Refusal> below_floor(Int needed, const char* field);

/// From then on no answer to the task can come: the last lease that may begin is over.
[[nodiscard]] Int last_lease_end(const BatchRow& batch, Int expires);

inline constexpr Int most_ending = 250; // tasks that end in one entry

/// Whether the task expires and has slots, not given back yet, that nobody has filled.
[[nodiscard]] bool has_rest(const BatchRow& batch, const TaskRow& task);

/// Of a batch as far as it is imported, less the slots that expired.
[[nodiscard]] books::Labour labour_of(const BatchRow& batch);
void set_labour(BatchRow& batch, const books::Labour& labour);

/// `labour` with `count` more tasks, of which those named have terms of their own. Nothing if a sum
/// does not fit.
[[nodiscard]] std::optional<books::Labour> with_tasks(
    const BatchRow& batch, const books::Labour& labour, Int count, const std::vector<OwnTerms>& own
);

/// `labour` without the slots of the task that nobody has answered. Nothing if it is no part of it.
[[nodiscard]] std::optional<books::Labour>
without_rest(const BatchRow& batch, const books::Labour& labour, const TaskRow& task);

} // namespace handprint::market
