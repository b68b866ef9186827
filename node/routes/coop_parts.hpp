#pragma once

// The coop parts of entries, a page at a time, each with the salt that opens its commitment in the
// public header: with them whoever may open them replays the books without the operator.

#include "ledger/record/json.hpp"
#include "node/routes/answers.hpp"
#include "node/store/store.hpp"

#include <cstddef>

namespace handprint::routes {

/// Of coop parts in one page, as they lie in the store: an answer, in base64, stays below 1 MiB.
/// One part has at most 64 KiB.
inline constexpr std::size_t most_page_bytes = 512UL * 1024;

/// Those of a log of `size` entries. A page ends before the entry that would make it larger than
/// `most_bytes`, but has one entry at least; it has `next` unless it reaches the end of the log.
/// They are given as they lie in the store, whatever the header says of them.
[[nodiscard]] Result<Json> coop_parts_json(
    store::Store& store, Int size, const Page& page, std::size_t most_bytes = most_page_bytes
);

} // namespace handprint::routes
