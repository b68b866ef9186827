#pragma once

// From a decision to an entry, and back from an entry to what the fold reads.

#include "ledger/base/result.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/entry.hpp"
#include "node/market/draft.hpp"
#include "node/market/state.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

/// Gives 32 fresh random bytes for each part.
using SaltSource = std::function<record::Salt()>;

/// A finished entry and whose each part is; parties[i] belongs to entry.parts[i], "" for coop.
struct SealedEntry {
    record::Entry entry;
    std::vector<std::string> parties;
};

/// Builds the parts of a draft whose events are applied already (chain heads are those before the
/// entry). `opened` are the accounts it opens. Failure if the entry would be too large.
[[nodiscard]] Result<SealedEntry> seal_entry(
    const State& state,
    const Request& request,
    const Draft& draft,
    Int time,
    Int rules_before,
    const std::vector<std::string>& opened,
    const SaltSource& salt
);

/// The parts of an entry before they are committed to, in the order of its header. Coop comes
/// first.
struct EntryParts {
    std::vector<record::Role> roles;
    std::vector<std::string> bytes;
    std::vector<std::string> parties; // "" for coop
};

/// The same as seal_entry() makes, without salts and header: for who makes an entry again.
[[nodiscard]] Result<EntryParts> entry_parts(
    const State& state,
    const Request& request,
    const Draft& draft,
    const std::vector<std::string>& opened
);

/// What the fold needs of a stored entry.
struct FoldEntry {
    std::string kind;
    std::string by, command, key;
    Int time = 0;
    Int grant = never;
    std::vector<Event> events;
    std::vector<Posting> postings;
    std::vector<record::ChainLink> chain;
    std::vector<std::string> opens;
};

[[nodiscard]] Result<FoldEntry>
read_fold_entry(const record::Header& header, const record::CoopPart& coop);

/// The same from events as text, if all of them are of plain shape (record::JsonScan).
[[nodiscard]] std::optional<FoldEntry>
scan_fold_entry(const record::Header& header, const record::CoopText& coop);

/// Applies an entry: events, postings, command id, chain links. The keys must be loaded.
/// Returns what is wrong, or nothing.
[[nodiscard]] std::string fold(State& state, const FoldEntry& entry, Int index, const Hash& leaf);

/// The `result` object of a command's answer, made from the entry's events.
[[nodiscard]] record::Json result_of(const std::vector<Event>& events, Int index);

} // namespace handprint::market
