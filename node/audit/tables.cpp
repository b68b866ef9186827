#include "node/audit/tables.hpp"

#include "ledger/base/base64.hpp"
#include "node/market/own_terms.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/store/row_codec.hpp"
#include "node/store/sqlite/sqlite_store.hpp"
#include "node/store/state_digest.hpp"

#include <algorithm>
#include <utility>

namespace handprint::audit {

namespace {

using market::Key;
using market::Row;

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
std::string key_of_row(const Key& key) {
    std::string out;
    std::size_t column = 0;
    store::for_each_key_column<R>(key, [&](const auto& value) {
        if (!out.empty()) out += ',';
        out += store::columns<R>()[column++].name;
        out += '=';
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(value)>, Int>) {
            out += std::to_string(value);
        } else {
            out += value;
        }
    });
    return out;
}

/// The rows of the folded state in the order of the tables.
using Sorted = std::vector<std::pair<const Key*, const Row*>>;

Sorted sorted_rows(const market::State& state) {
    Sorted rows;
    rows.reserve(state.size());
    state.for_each([&](const Key& key, const Row& row) { rows.emplace_back(&key, &row); });
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return *a.first < *b.first;
    });
    return rows;
}

template <class R>
class Table {
public:
    Table(std::span<const Sorted::value_type> ledger, Report& report)
        : ledger_(ledger), report_(report) {}

    void compare(store::Store& store) {
        const auto read =
            pipeline::for_each_row<R>(store, {}, 0, [this](const R& row) { take(row); });
        if (!read) return fault("table_unreadable", {}, "", read.error().what);
        while (at_ < ledger_.size())
            missing_.push_back(&ledger_[at_++]);
        for (const R& row : surplus_) {
            fault(
                "row_surplus",
                key_of_row<R>(market::row_key(row)),
                changed_key(row),
                "the ledger knows no such row"
            );
        }
        for (const auto* row : missing_) {
            fault(
                "row_missing",
                key_of_row<R>(*row->first),
                "",
                "the table lacks this row of the ledger"
            );
        }
        ++report_.figures.tables;
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
        ++report_.figures.rows;
        const Key key = market::row_key(row);
        while (at_ < ledger_.size() && *ledger_[at_].first < key)
            missing_.push_back(&ledger_[at_++]);
        if (at_ == ledger_.size() || *ledger_[at_].first != key) {
            surplus_.push_back(row);
            return;
        }
        compare_columns(key, std::get<R>(*ledger_[at_++].second), row);
    }

    void compare_columns(const Key& key, const R& ledger, const R& row) {
        if (same(ledger, row)) return;
        const auto wanted = shown_columns(ledger);
        const auto given = shown_columns(row);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i] == given[i]) continue;
            fault(
                "row_differs",
                key_of_row<R>(key),
                store::columns<R>()[i].name,
                "the ledger says " + excerpt(wanted[i], given[i]) + ", the table says "
                    + excerpt(given[i], wanted[i])
            );
        }
    }

    [[nodiscard]] bool same(const R& ledger, const R& row) {
        a_.clear();
        b_.clear();
        store::append_row(a_, ledger);
        store::append_row(b_, row);
        return a_ == b_;
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
        const auto ledger = shown_columns(std::get<R>(*missing_.front()->second));
        const auto given = shown_columns(row);
        for (std::size_t i = 0; i < given.size(); ++i) {
            if (ledger[i] != given[i])
                out += (out.empty() ? "" : ",") + std::string(store::columns<R>()[i].name);
        }
        return out;
    }

    std::span<const Sorted::value_type> ledger_;
    Report& report_;
    std::size_t at_ = 0;
    std::vector<R> surplus_;
    std::vector<const Sorted::value_type*> missing_;
    Bytes a_, b_; // kept for their memory
};

std::span<const Sorted::value_type> of_table(const Sorted& rows, std::size_t table) {
    const auto from = std::partition_point(rows.begin(), rows.end(), [table](const auto& row) {
        return row.first->table < table;
    });
    const auto to = std::partition_point(from, rows.end(), [table](const auto& row) {
        return row.first->table == table;
    });
    return {from, to};
}

} // namespace

Result<void> check_tables(store::Store& store, const market::State& state, Report& report) {
    const Sorted rows = sorted_rows(state);
    store::StateDigest digest;
    const std::size_t before = report.findings.size();
    store::for_each_table([&]<class R>(std::type_identity<R>) {
        if constexpr (market::is_fold_row<R>) {
            const auto ledger = of_table(rows, market::table_of<R>());
            for (const auto& row : ledger)
                digest.add(std::get<R>(*row.second));
            Table<R>(ledger, report).compare(store);
        }
    });
    const auto stored = store.digest();
    if (!stored) return unexpected(stored.error());
    if (*stored != digest.finish() && report.findings.size() == before) {
        report.add(
            {.code = "digest_differs", .what = "the tables have another digest than the ledger"}
        );
    }
    return {};
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
    return {};
}

namespace {

constexpr Int grace = 10 * 60 * 1000;

/// A task that expired, and the rest of what is held for it did not go back.
void check_expiry(
    const market::State& state,
    const Key& key,
    const market::TaskRow& task,
    Int newest,
    Report& report
) {
    const auto* batch = state.find<market::BatchRow>(task.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(market::BatchState::open)
        || !market::has_rest(*batch, task)) {
        return;
    }
    const Int due = market::last_lease_end(*batch, task.expires);
    if (due + grace >= newest) return;
    Finding finding;
    finding.code = "timer_overdue";
    finding.table = market::TaskRow::table;
    finding.key = key_of_row<market::TaskRow>(key);
    finding.what = "due at " + std::to_string(due) + " and not ended at " + std::to_string(newest);
    report.add(std::move(finding));
}

} // namespace

void check_timers(const market::State& state, Int newest, Report& report) {
    state.for_each([&](const Key& key, const Row& row) {
        if (const auto* task = std::get_if<market::TaskRow>(&row))
            check_expiry(state, key, *task, newest, report);
        const auto* work = std::get_if<market::AssignmentRow>(&row);
        if (work == nullptr || work->state != static_cast<Int>(market::AssignmentState::submitted))
            return;
        if (work->due + grace >= newest) return;
        Finding finding;
        finding.code = "timer_overdue";
        finding.table = market::AssignmentRow::table;
        finding.key = key_of_row<market::AssignmentRow>(key);
        finding.entry = work->submitted;
        finding.what = "due at " + std::to_string(work->due) + " and not accepted at "
                       + std::to_string(newest);
        report.add(std::move(finding));
    });
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
