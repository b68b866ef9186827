#include "node/audit/timers.hpp"

#include "node/audit/row_names.hpp"
#include "node/market/own_terms.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace handprint::audit {

namespace {

constexpr Int grace = 10 * 60 * 1000;
constexpr Int day = 24 * 3600 * 1000;

template <class R>
void overdue(Report& report, const R& row, Int entry, std::string what) {
    Finding finding;
    finding.code = "timer_overdue";
    finding.table = R::table;
    finding.key = key_of_row<R>(market::row_key(row));
    finding.entry = entry;
    finding.what = std::move(what);
    report.add(std::move(finding));
}

std::string missed(Int due, const char* what, Int at) {
    return "due at " + std::to_string(due) + ' ' + what + ' ' + std::to_string(at);
}

/// A task that expired, and the rest of what is held for it did not go back.
void check_expiry(
    const market::State& state, const market::TaskRow& task, Int seen, Report& report
) {
    const auto* batch = state.find<market::BatchRow>(task.batch);
    if (batch == nullptr || batch->state != static_cast<Int>(market::BatchState::open)
        || !market::has_rest(*batch, task)) {
        return;
    }
    const Int due = market::last_lease_end(*batch, task.expires);
    if (due + grace < seen) overdue(report, task, never, missed(due, "and not ended at", seen));
}

} // namespace

void check_timers(const market::State& state, Int seen, Report& report) {
    state.for_each_of<market::TaskRow>([&](const market::TaskRow& task) {
        check_expiry(state, task, seen, report);
    });
    state.for_each_of<market::AssignmentRow>([&](const market::AssignmentRow& work) {
        if (work.state != static_cast<Int>(market::AssignmentState::submitted)) return;
        if (work.due + grace < seen)
            overdue(report, work, work.submitted, missed(work.due, "and not accepted at", seen));
    });
}

void check_ahead(const record::DueWatch& done, Int size, Int seen, Report& report) {
    const auto first = done.first_ahead(static_cast<std::uint64_t>(size), Instant{seen});
    if (!first) return;
    Finding finding;
    finding.code = "time_ahead";
    finding.entry = static_cast<Int>(*first);
    finding.what = "it is dated over 10 minutes after " + std::to_string(seen)
                   + ", when a quorum had seen " + std::to_string(size) + " entries";
    report.add(std::move(finding));
}

bool LateTimers::is_late(Int due, Int done) const {
    const auto after = std::lower_bound(confirmed_.begin(), confirmed_.end(), due);
    return done > (after == confirmed_.end() ? due : *after) + day;
}

void LateTimers::take(
    const market::State& state, const market::FoldEntry& entry, Int index, Report& report
) {
    constexpr const char* late = "and done only at";
    for (const market::Event& event : entry.events) {
        if (const auto* accepted = std::get_if<market::Accepted>(&event)) {
            for (const market::Wage& item : accepted->items) {
                const auto* work =
                    state.find<market::AssignmentRow>(accepted->batch, item.task, item.member);
                if (work != nullptr && is_late(work->due, entry.time))
                    overdue(report, *work, index, missed(work->due, late, entry.time));
            }
        } else if (const auto* ended = std::get_if<market::TasksEnded>(&event)) {
            const auto* batch = state.find<market::BatchRow>(ended->batch);
            for (const Int number : ended->tasks) {
                const auto* task = state.find<market::TaskRow>(ended->batch, number);
                if (batch == nullptr || task == nullptr) continue;
                const Int due = market::last_lease_end(*batch, task->expires);
                if (is_late(due, entry.time))
                    overdue(report, *task, index, missed(due, late, entry.time));
            }
        } else if (std::holds_alternative<market::ClockConfirmed>(event)) {
            if (confirmed_.empty() || confirmed_.back() < entry.time)
                confirmed_.push_back(entry.time);
        }
    }
}

} // namespace handprint::audit
