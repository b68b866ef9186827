#pragma once

// Entries of the store, decoded as far as a read model asks. Nothing when there is no such entry.

#include "ledger/record/header.hpp"
#include "node/market/entry_seal.hpp"
#include "node/routes/node.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace handprint::routes {

struct StoredEntry {
    record::Header header;
    std::string coop; // the bytes of its coop part
};

[[nodiscard]] std::optional<StoredEntry> stored_entry(Node& node, Int index);

/// Its events and what goes with them, if it is of that kind.
[[nodiscard]] std::optional<market::FoldEntry>
entry_at(Node& node, Int index, std::string_view kind);

/// How a member did in a paid test: of several grades the best one.
struct Mark {
    Int correct = 0, total = 0;
    Int pass = 0; // right answers that were needed
};

[[nodiscard]] std::optional<Mark> mark_of(Node& node, Int test, Int member);

} // namespace handprint::routes
