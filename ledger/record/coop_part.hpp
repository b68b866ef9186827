#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/id.hpp"
#include "ledger/books/account.hpp"
#include "ledger/record/json.hpp"
#include "ledger/record/party.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// One link of one member's chain: the entry is the counter-th that touches the member.
struct ChainLink {
    std::uint64_t member = 0;
    std::uint64_t counter = 0; // from 1

    bool operator==(const ChainLink&) const = default;
};

/// Under which mandate an agent acted, for entries of authority `agent`.
struct AgentMandate {
    std::uint64_t grant = 0; // index of the entry that granted it
    Hash request{};          // SHA-256 of the raw foreign request

    bool operator==(const AgentMandate&) const = default;
};

/// What the fold reads and every member may open, section 4. Events are objects with a `type`
/// (section 9); the marketplace gives them meaning, this library carries them.
struct CoopPart {
    Party by;
    std::vector<ChainLink> chain; // in the order of the member parts
    CommandId command;
    Json::Array events;
    std::vector<books::AccountName> opens; // accounts opened by this entry, before it posts
    std::vector<books::Posting> postings;
    std::optional<AgentMandate> mandate;

    bool operator==(const CoopPart&) const = default;
};

/// The canonical bytes.
[[nodiscard]] std::string encode(const CoopPart& part);

/// The same with this text as `events`, which is a canonical array already.
[[nodiscard]] std::string encode(const CoopPart& part, std::string_view events);

/// Canonical bytes of the shape of section 4. Does not judge postings or events.
[[nodiscard]] Result<CoopPart> parse_coop_part(std::string_view bytes);

/// The same with its events as text, which borrows the bytes; `part.events` is empty. They are
/// objects; whether they have a type sees who reads them.
struct CoopText {
    CoopPart part;
    std::vector<std::string_view> events;
};

/// Bytes of plain shape (JsonScan); else ask parse_coop_part().
[[nodiscard]] std::optional<CoopText> scan_coop_part(std::string_view bytes);

} // namespace handprint::record
