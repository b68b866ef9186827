#pragma once

// Requesters' own names of projects, batches and tasks. They are the business of the requester: the
// ledger knows a salted hash of each, and under it what it names.

#include "node/market/refusal.hpp"
#include "node/market/rows.hpp"

#include <string>
#include <string_view>

namespace handprint::market {

/// Most tasks of one chunk of an import: with their hashes they fit into an entry.
inline constexpr Int most_chunk_tasks = 250;

/// Of the ExternalRow. `kind` is project, batch or task.
[[nodiscard]] std::string
external_name(std::string_view requester, std::string_view kind, const Hash& hash);

/// The refusal of a name that is taken, saying by what.
[[nodiscard]] Refusal
external_in_use(const ExternalRow& taken, std::string_view kind, std::string field);

} // namespace handprint::market
