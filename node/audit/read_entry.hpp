#pragma once

// What can be said of one stored entry without knowing the state: shape, commitments, evidence and
// its signature. Done ahead of the fold, by many threads.

#include "ledger/record/dsse.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/key_hints.hpp"
#include "ledger/record/member_part.hpp"
#include "node/audit/report.hpp"
#include "node/market/command.hpp"
#include "node/market/entry_seal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::audit {

struct ReadEntry {
    Int index = 0;
    Hash leaf{};
    bool usable = false; // header and coop part are what the leaf commits to, and can be read
    record::Header header;
    std::string header_bytes;
    std::string coop_bytes;
    market::FoldEntry fold;
    std::vector<store::PartRecord> parts;    // by number; erased ones too
    std::vector<record::MemberPart> members; // those that are not erased, in order
    Int erased = 0;

    bool has_evidence = false;
    record::Envelope envelope;
    std::string log; // origin that was signed for
    std::string kind;
    market::Request request; // without key unless verified
    bool verified = false;   // under request.key

    std::vector<Finding> findings;
};

/// Into `out`, which is as new. `hints` are the keys to try, from the tables: whether the key that
/// verifies may speak for the actor is decided by the folded state.
void read_entry(
    ReadEntry& out,
    store::EntryRecord record,
    std::vector<store::PartRecord> parts,
    const record::KeyHints& hints
);

/// "place=20481" for part 1 of entry 5
[[nodiscard]] std::string part_key(const store::PartRecord& part);

} // namespace handprint::audit
