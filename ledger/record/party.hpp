#pragma once

#include "ledger/base/result.hpp"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::record {

enum class PartyKind : std::uint8_t {
    member,    // m:12
    requester, // r:3
    delegate,  // d:0
    clock,     // clock: the node's timer key
    newcomer   // new: an actor that registers itself
};

/// Who acts. Ordinals are given out in order from 0 per kind; clock and newcomer have ordinal 0
/// here and none in the text.
struct Party {
    PartyKind kind = PartyKind::newcomer;
    std::uint64_t ordinal = 0;

    [[nodiscard]] static Party member(std::uint64_t n) { return {PartyKind::member, n}; }

    [[nodiscard]] static Party requester(std::uint64_t n) { return {PartyKind::requester, n}; }

    [[nodiscard]] static Party delegate(std::uint64_t n) { return {PartyKind::delegate, n}; }

    [[nodiscard]] static Party clock() { return {PartyKind::clock, 0}; }

    [[nodiscard]] static Party newcomer() { return {PartyKind::newcomer, 0}; }

    /// One text per party: no leading zeros, ordinals up to 2^53 - 1.
    [[nodiscard]] static Result<Party> parse(std::string_view text);
    [[nodiscard]] std::string text() const;

    auto operator<=>(const Party&) const = default;
};

} // namespace handprint::record
