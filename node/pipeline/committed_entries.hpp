#pragma once

#include "ledger/record/promise.hpp"
#include "node/market/rows.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace handprint::pipeline {

using market::Int;

/// Entries that were committed together; one promise is about them all, signed by whichever thread
/// first answers for one of them.
class CommittedEntries {
public:
    /// At least one leaf, that of entry `first`.
    CommittedEntries(Int first, std::vector<Hash> leaves)
        : first_(first), leaves_(std::move(leaves)) {}

    /// The text of a record::HeldPromise about the entry at `index`. All callers give the same
    /// log, time and key.
    [[nodiscard]] std::string
    promise(Int index, const std::string& log, Instant publish_by, const KeyPair& key);

private:
    const Int first_;
    const std::vector<Hash> leaves_;
    std::once_flag signed_;
    std::optional<record::PromisedEntries> promised_;
};

} // namespace handprint::pipeline
