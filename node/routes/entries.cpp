#include "node/routes/entries.hpp"

#include "ledger/record/entry.hpp"
#include "node/routes/answers.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace handprint::routes {

std::optional<StoredEntry> stored_entry(Node& node, Int index) {
    auto entry = node.store.entry(index);
    if (!entry || !*entry) return std::nullopt;
    auto header = record::parse_header((*entry)->header);
    if (!header) return std::nullopt;
    return StoredEntry{std::move(*header), std::move((*entry)->coop)};
}

std::optional<market::FoldEntry> entry_at(Node& node, Int index, std::string_view kind) {
    const auto entry = stored_entry(node, index);
    if (!entry || entry->header.kind != kind) return std::nullopt;
    const auto coop = record::parse_coop_part(entry->coop);
    if (!coop) return std::nullopt;
    auto fold = market::read_fold_entry(entry->header, *coop);
    if (!fold) return std::nullopt;
    return std::move(*fold);
}

namespace {

/// A test is a handful of tasks; no more of them are looked at.
constexpr Int most_tasks = 200;

} // namespace

std::optional<Mark> mark_of(Node& node, Int test, Int member) {
    const auto batch = row<market::BatchRow>(node, test);
    if (!batch) return std::nullopt;
    std::set<Int> grades;
    for (Int task = 0; task < std::min(batch->tasks, most_tasks); ++task) {
        const auto work = row<market::AssignmentRow>(node, test, task, member);
        if (work && work->decided != market::never) grades.insert(work->decided);
    }
    std::optional<Mark> best;
    for (const Int index : grades) {
        const auto entry = entry_at(node, index, market::Grade::kind);
        if (!entry) continue;
        for (const auto& event : entry->events) {
            const auto* graded = std::get_if<market::Graded>(&event);
            if (graded == nullptr || (best && best->correct >= graded->correct)) continue;
            best = {graded->correct, graded->total, batch->qualifies_pass};
        }
    }
    return best;
}

} // namespace handprint::routes
