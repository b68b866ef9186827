#pragma once

// The list that a period close commits to: one salted position for each member, made from the
// tables just before the close.

#include "ledger/base/result.hpp"
#include "ledger/record/close.hpp"
#include "node/market/rows.hpp"
#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

#include <string>
#include <vector>

namespace handprint::pipeline {

struct SealedPosition {
    Hash salt{};
    std::string bytes; // canonical position
};

struct CloseList {
    Int period = 0;
    std::vector<SealedPosition> positions; // by member ordinal

    [[nodiscard]] Hash root() const;
    [[nodiscard]] Result<std::vector<Hash>> proof(Int member) const;

    [[nodiscard]] Bytes encode() const;
    [[nodiscard]] static Result<CloseList> decode(ByteView bytes);
};

/// Where a member stands. `sums` are its accounts of the classes payable and in_transit, in any
/// order, positive in the member's favour.
[[nodiscard]] record::Position
position_of(const market::MemberRow& row, const std::vector<books::ClassSum>& sums, Int period);

[[nodiscard]] Result<CloseList>
make_close_list(store::Store& store, const market::CoopRow& coop, const Vault& vault);

/// All rows of a table whose key begins with `prefix`, page by page.
template <class R, class F>
Result<void>
for_each_row(store::Store& store, const market::Key& prefix, int prefix_columns, F&& visit) {
    store::Scan scan;
    scan.table = static_cast<std::uint8_t>(market::table_of<R>());
    scan.prefix = prefix;
    scan.prefix_columns = prefix_columns;
    while (true) {
        auto rows = store.scan(scan);
        if (!rows) return unexpected(rows.error());
        for (const market::Row& row : *rows)
            visit(std::get<R>(row));
        if (rows->size() < scan.limit) return {};
        scan.after = market::row_key(rows->back());
    }
}

} // namespace handprint::pipeline
