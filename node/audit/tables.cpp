#include "node/audit/tables.hpp"

#include "ledger/base/base64.hpp"
#include "node/audit/row_names.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/store/row_codec.hpp"
#include "node/store/sqlite/sqlite_store.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace handprint::audit {

namespace {

using market::Key;

std::string shown(Int value) {
    return std::to_string(value);
}

std::string shown(const std::string& value) {
    return '"' + value + '"';
}

std::string shown(const Hash& value) {
    return base64_encode(value);
}

/// At most a line of it, from a little before the first difference.
std::string excerpt(const std::string& value, const std::string& other) {
    constexpr std::size_t most = 80;
    if (value.size() <= most) return value;
    const auto [at, ignored] =
        std::mismatch(value.begin(), value.end(), other.begin(), other.end());
    const auto first = static_cast<std::size_t>(at - value.begin());
    const std::size_t from = first > most / 2 ? first - most / 2 : 0;
    return (from == 0 ? "" : "...") + value.substr(from, most)
           + (from + most < value.size() ? "..." : "");
}

template <class R>
[[nodiscard]] bool same(const R& a, const R& b) {
    std::array<const void*, 64> columns{}; // more than any row has
    std::size_t count = 0;
    R::fields(a, [&](const char*, const auto& value) { columns[count++] = &value; });
    std::size_t at = 0;
    bool equal = true;
    R::fields(b, [&](const char*, const auto& value) {
        using T = std::remove_reference_t<decltype(value)>;
        equal = equal && *static_cast<T*>(columns[at++]) == value;
    });
    return equal;
}

/// The rows of one table of the folded state in the order of the table.
template <class R>
std::vector<const R*> sorted_rows(const market::State& state) {
    std::vector<const R*> rows;
    state.for_each_of<R>([&rows](const R& row) { rows.push_back(&row); });
    std::sort(rows.begin(), rows.end(), [](const R* a, const R* b) {
        return market::key_view(*a) < market::key_view(*b);
    });
    return rows;
}

/// Says how a table differs from the folded state.
template <class R>
class Differences {
public:
    Differences(std::vector<const R*> ledger, Report& report)
        : ledger_(std::move(ledger)), report_(report) {}

    void tell(store::Store& store) {
        const auto read =
            pipeline::for_each_row<R>(store, {}, 0, [this](const R& row) { take(row); });
        if (!read) return fault("table_unreadable", {}, "", read.error().what);
        while (at_ < ledger_.size())
            missing_.push_back(ledger_[at_++]);
        for (const R& row : surplus_) {
            fault(
                "row_surplus",
                key_of_row<R>(market::row_key(row)),
                changed_key(row),
                "the ledger knows no such row"
            );
        }
        for (const R* row : missing_) {
            fault(
                "row_missing",
                key_of_row<R>(market::row_key(*row)),
                "",
                "the table lacks this row of the ledger"
            );
        }
    }

private:
    void fault(const char* code, const std::string& key, std::string column, std::string what) {
        Finding finding;
        finding.code = code;
        finding.table = R::table;
        finding.key = key;
        finding.column = std::move(column);
        finding.what = std::move(what);
        report_.add(std::move(finding));
    }

    void take(const R& row) {
        const auto key = market::key_view(row);
        while (at_ < ledger_.size() && market::key_view(*ledger_[at_]) < key)
            missing_.push_back(ledger_[at_++]);
        if (at_ == ledger_.size() || market::key_view(*ledger_[at_]) != key) {
            surplus_.push_back(row);
            return;
        }
        compare_columns(*ledger_[at_++], row);
    }

    void compare_columns(const R& ledger, const R& row) {
        if (same(ledger, row)) return;
        const auto wanted = shown_columns(ledger);
        const auto given = shown_columns(row);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i] == given[i]) continue;
            fault(
                "row_differs",
                key_of_row<R>(market::row_key(row)),
                store::columns<R>()[i].name,
                "the ledger says " + excerpt(wanted[i], given[i]) + ", the table says "
                    + excerpt(given[i], wanted[i])
            );
        }
    }

    static std::vector<std::string> shown_columns(const R& row) {
        std::vector<std::string> out;
        R::fields(row, [&out](const char*, const auto& value) { out.push_back(shown(value)); });
        return out;
    }

    /// A key column that was changed shows as one row too many and one too few.
    std::string changed_key(const R& row) const {
        std::string out;
        if (surplus_.size() != 1 || missing_.size() != 1) return out;
        const auto ledger = shown_columns(*missing_.front());
        const auto given = shown_columns(row);
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (ledger[i] != given[i])
                out += (out.empty() ? "" : ",") + std::string(store::columns<R>()[i].name);
        }
        return out;
    }

    std::vector<const R*> ledger_;
    Report& report_;
    std::size_t at_ = 0;
    std::vector<R> surplus_;
    std::vector<const R*> missing_;
};

/// Every row of the table is looked up in the folded state; only when they are not the same, one
/// for one, both are laid side by side in order.
template <class R>
void check_rows(store::Store& store, const market::State& state, Report& report) {
    store::Scan scan;
    scan.table = static_cast<std::uint8_t>(market::table_of<R>());
    scan.limit = 250; // they stay in the cache
    Int count = 0;
    bool equal = true;
    for (bool more = true; more;) {
        const auto page = store.scan(scan);
        if (!page) {
            equal = false;
            break;
        }
        std::optional<market::KeyView> before; // keys rise over all pages: no row counts twice
        if (scan.after) before = market::key_view(*scan.after);
        for (const market::Row& any : *page) {
            const R& row = std::get<R>(any);
            const auto key = market::key_view(row);
            const R* ledger = state.peek_at<R>(key);
            equal = equal && ledger != nullptr && same(*ledger, row) && (!before || *before < key);
            before = key;
        }
        count += static_cast<Int>(page->size());
        more = page->size() == scan.limit;
        if (more) scan.after = market::row_key(page->back());
    }
    report.figures.rows += count;
    state.for_each_of<R>([&count](const R&) { --count; });
    if (!equal || count != 0) Differences<R>(sorted_rows<R>(state), report).tell(store);
    ++report.figures.tables;
}

} // namespace

void check_table(
    std::size_t table, store::Store& store, const market::State& state, Report& report
) {
    (void)market::with_table(table, [&]<class R>(std::type_identity<R>) {
        if constexpr (market::is_fold_row<R>) check_rows<R>(store, state, report);
    });
}

Result<void> check_file(store::Store& store, bool macs, Report& report) {
    auto* sqlite = dynamic_cast<store::SqliteStore*>(&store);
    if (sqlite == nullptr) return {};
    const auto faults = sqlite->verify_file();
    if (!faults) return unexpected(faults.error());
    for (const auto& what : *faults)
        report.add({.code = "file_damaged", .what = what});
    if (!macs) return {};
    const auto changed = sqlite->verify_operational();
    if (!changed) return unexpected(changed.error());
    for (const auto& what : *changed) {
        Finding finding;
        finding.code = "operational_row";
        finding.table = what.substr(0, what.find(' '));
        finding.column = "any"; // the MAC covers the whole row
        finding.what = what;
        report.add(std::move(finding));
    }
    const auto own_epoch = sqlite->verify_epoch();
    if (!own_epoch) return unexpected(own_epoch.error());
    if (!*own_epoch) {
        Finding finding;
        finding.code = "head_differs";
        finding.table = "head";
        finding.column = "epoch,epoch_mac";
        finding.what = "this node has not counted the writers so";
        report.add(std::move(finding));
    }
    return {};
}

void check_release(const market::State& state, Report& report) {
    const auto* coop = state.peek<market::CoopRow>(1);
    if (coop == nullptr || coop->uncovered == never) return;
    Finding finding;
    finding.code = "release_not_covered";
    finding.entry = coop->uncovered;
    finding.what =
        "period " + std::to_string(coop->uncovered_period)
        + " was paid out without a quorum and no cosigned checkpoint over it is recorded";
    report.add(std::move(finding));
}

} // namespace handprint::audit
