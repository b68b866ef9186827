#pragma once

// The state of the marketplace as plain rows. A *fold* row is a function of the entries: replaying
// the log into an empty database gives the same rows, byte by byte. An *operational* row (claims)
// is kept beside them, in the same transaction, and takes no part in the digest of the state.
//
// Each row lists its columns once, key columns first, through `fields`; the storage drivers make
// tables, statements and digests from that list. Column types: int64, text, 32-byte hash.
// Money columns are minor units unless their name ends in `micros`; times are milliseconds.

#include "node/market/identity_rows.hpp"
#include "node/market/money_rows.hpp"
#include "node/market/work_rows.hpp"

#include <variant>

namespace handprint::market {

/// A command that was carried out: the same id is never carried out twice. The answer to a retry is
/// made again from the entry.
/// Clients begin an id with the time, so that with the id first the rows of a commit lie together.
struct CommandRow {
    std::string id, actor; // 32 hex digits, party text
    Int index = 0;

    static constexpr const char* table = "command";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("id", r.id), f("actor", r.actor), f("entry_index", r.index);
    }
};

using Row = std::variant<
    CoopRow,
    RuleRow,
    KeyRow,
    MemberRow,
    RequesterRow,
    GrantRow,
    ExternalRow,
    ProjectRow,
    BatchRow,
    ChunkRow,
    TaskRow,
    AssignmentRow,
    EarningRow,
    CreditRow,
    SkillRow,
    AccountRow,
    ClassRow,
    DistributionRow,
    PeriodRow,
    PayoutRow,
    PayoutItemRow,
    RefundRow,
    ReferenceRow,
    ProposalRow,
    CommandRow,
    ClaimRow>;

inline constexpr std::size_t row_kinds = std::variant_size_v<Row>;

/// True for rows that are a function of the entries.
template <class R>
inline constexpr bool is_fold_row = !std::is_same_v<R, ClaimRow>;

} // namespace handprint::market
