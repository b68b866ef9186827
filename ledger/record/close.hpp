#pragma once

#include "ledger/base/crypto.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/record/chain.hpp"
#include "ledger/record/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// Where one member stands just before a close, section 12. Amounts are positive in the member's
/// favour; balances are sorted by class and currency and include zeros.
struct Position {
    std::vector<books::ClassSum> balances;
    ChainHead chain;
    std::vector<PublicKey> keys; // in the order of sorted_keys()
    std::uint64_t member = 0;
    std::uint64_t period = 0; // from 1

    bool operator==(const Position&) const = default;
};

/// The canonical bytes. The leaf data of the list is commit(salt, these bytes).
[[nodiscard]] std::string encode(const Position& position);

/// Canonical bytes of the shape of section 12; balances and keys in order, without repetition.
[[nodiscard]] Result<Position> parse_position(std::string_view bytes);

/// The event of an entry of kind `close_period`. `root` is that of MerkleList::of_commitments over
/// the commits of all positions, by member ordinal 0 to count - 1.
struct PeriodClosed {
    std::uint64_t period = 0;
    std::int64_t previous = -1; // index of the close before; -1 for the first
    std::uint64_t count = 0;
    Hash root{};
    std::vector<PublicKey> delegates; // by ordinal
    PublicKey promise_key{};

    bool operator==(const PeriodClosed&) const = default;
};

[[nodiscard]] Json to_json(const PeriodClosed& event);
/// Failure unless `type` is `period_closed` and the keys are those of section 9.
[[nodiscard]] Result<PeriodClosed> period_closed_from_json(const Json& json);

} // namespace handprint::record
