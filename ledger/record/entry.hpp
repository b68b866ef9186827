#pragma once

#include "ledger/record/commitment.hpp"
#include "ledger/record/header.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// Header bytes and part bytes together; salts do not count.
inline constexpr std::size_t kMaxEntryBytes = 65'536;

/// A part with what opens its commitment.
struct Part {
    Role role = Role::coop;
    Salt salt{};
    std::string bytes; // canonical JSON of the shape of its role

    bool operator==(const Part&) const = default;
};

/// An entry as it is put into the log. Invariant: header_bytes is the encoding of header, leaf its
/// leaf hash, the parts open header.parts in order, and the limits hold.
struct Entry {
    Header header;
    std::string header_bytes;
    Hash leaf{};
    std::vector<Part> parts;

    bool operator==(const Entry&) const = default;
};

/// What a header says beyond its parts and sums.
struct EntryFacts {
    Authority authority = Authority::actor;
    std::string kind;
    std::uint64_t rules = 0;
    Instant time;
};

/// Commits to the parts and sums the postings up. Failure if the postings do not add to zero per
/// currency, no coop part comes first or another one later, or a limit is broken.
[[nodiscard]] Result<Entry> build_entry(
    const EntryFacts& facts, std::span<const books::Posting> postings, std::vector<Part> parts
);

/// The entry that was stored. Failure if the header is not good or a part does not open its
/// commitment. Part bytes are not read.
[[nodiscard]] Result<Entry> parse_entry(std::string header_bytes, std::vector<Part> parts);

/// Whether bytes and salt open header.parts[number]; false when there is no such part. Needs no
/// other part, so an entry whose private parts are erased can still be checked.
[[nodiscard]] bool
opens(const Header& header, std::uint64_t number, const Salt& salt, std::string_view bytes);

} // namespace handprint::record
