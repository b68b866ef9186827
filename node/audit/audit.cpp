#include "ledger/base/base64.hpp"
#include "ledger/record/key_hints.hpp"
#include "node/audit/data_files.hpp"
#include "node/audit/errands.hpp"
#include "node/audit/published.hpp"
#include "node/audit/read_ahead.hpp"
#include "node/audit/replay.hpp"
#include "node/audit/sealed.hpp"
#include "node/audit/tables.hpp"
#include "node/audit/timers.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace handprint::audit {

namespace {

Result<record::KeyHints> read_hints(store::Store& store) {
    record::KeyHints hints;
    const auto add = [&hints](const std::string& text) {
        const auto key = base64_to_array<32>(text);
        if (key) hints.add(*key);
    };
    const auto keys = pipeline::for_each_row<market::KeyRow>(store, {}, 0, [&](const auto& row) {
        add(row.key);
    });
    if (!keys) return unexpected(keys.error());
    const auto coop = pipeline::for_each_row<market::CoopRow>(store, {}, 0, [&](const auto& row) {
        add(row.clock_key);
    });
    if (!coop) return unexpected(coop.error());
    return hints;
}

void head_fault(Report& report, const char* column, std::string what) {
    Finding finding;
    finding.code = "head_differs";
    finding.table = "head";
    finding.column = column;
    finding.what = std::move(what);
    report.add(std::move(finding));
}

/// True if the entries give the root of the head.
bool check_head(const store::Head& head, const Replay& replay, Report& report) {
    const auto& tree = replay.tree();
    if (std::cmp_not_equal(tree.size(), head.size)) {
        head_fault(report, "size", "there are " + std::to_string(tree.size()) + " entries");
        return false;
    }
    const auto frontier = tree.frontier(tree.size());
    if (!frontier) return false;
    Bytes parts;
    for (const Hash& part : frontier->parts())
        append(parts, part);
    const bool same_root = head.size == 0 || frontier->root() == head.root;
    const bool same_parts = parts == head.frontier;
    if (same_root && !same_parts) head_fault(report, "frontier", "it is not that of the entries");
    if (!same_root && same_parts) head_fault(report, "root", "the entries give another root");
    if (head.time != replay.time()) {
        head_fault(report, "time", "the newest entry is of " + std::to_string(replay.time()));
    }
    if (head.epoch < 0) head_fault(report, "epoch", "it counts writers from 0");
    return same_root || same_parts;
}

Result<void>
replay_all(store::Store& store, const store::Head& head, const Options& options, Replay& replay) {
    const auto hints = read_hints(store);
    const record::KeyHints keys =
        hints ? *hints : record::KeyHints(); // the tables are judged later
    ReadAhead ahead(store, head.size, keys, options.threads);
    for (Int done = 0;;) {
        auto page = ahead.next();
        if (!page) return unexpected(page.error());
        if (page->empty()) return {};
        for (auto& entry : *page)
            replay.take(entry);
        done += static_cast<Int>(page->size());
        if (options.progress) options.progress(done, static_cast<Int>(head.size));
        ahead.give_back(std::move(*page));
    }
}

Result<void> check_files(
    store::Store& store,
    const Options& options,
    const LogFiles& files,
    const Replay& replay,
    Report& report
) {
    if (options.log_dir.empty()) return {};
    const auto* coop = replay.state().peek<market::CoopRow>(1);
    Policies by;
    by.present = !options.policy.empty() || coop == nullptr ? options.policy : coop->policy;
    for (const auto& before : replay.former()) {
        if (auto policy = merkle::Policy::parse(before.text); policy)
            by.former.push_back(std::move(*policy));
    }
    const auto seen =
        check_published(store, options, files, by, replay.state(), replay.tree(), report);
    if (!seen) return unexpected(seen.error());
    if (*seen == 0) return {};
    check_timers(replay.state(), *seen, report);
    check_ahead(replay.done(), report.figures.published, *seen, report);
    return {};
}

} // namespace

Result<Report> audit_store(store::Store& store, const Options& options) {
    const auto start = std::chrono::steady_clock::now();
    Report report;
    Result<LogFiles> files = LogFiles();
    if (options.log_files) {
        files = *options.log_files;
    } else if (!options.log_dir.empty()) {
        files = list_log_files(options.log_dir);
    }
    if (!files) return unexpected(files.error());
    const auto head = store.head();
    if (!head) return unexpected(head.error());
    // What needs nothing but the store, while the log is folded.
    Report of_sealed;
    std::optional<SealedCheck> sealed;
    Errands beside(1);
    beside.add([&](Report& own) { return check_file(store, options.vault != nullptr, own); });
    if (options.vault != nullptr) {
        sealed.emplace(store, *options.vault, head->size, of_sealed);
        beside.add([&](Report&) { return sealed->against_parts(); });
    }
    Replay replay(store, options, report);
    if (auto ok = replay_all(store, *head, options, replay); !ok) return unexpected(ok.error());
    const auto since = [&start] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::steady_clock::now() - start
        )
            .count();
    };
    report.figures.replay_milliseconds = since();
    const bool good = check_head(*head, replay, report);
    if (!good && !options.log_dir.empty()
        && !name_changed_entries(options.log_dir, replay.tree(), report)) {
        head_fault(report, "root,frontier", "the entries give another root");
    } else if (!good && options.log_dir.empty()) {
        head_fault(report, "root,frontier", "the entries give another root: a header was changed");
    }
    if (auto ok = beside.finish(report); !ok) return unexpected(ok.error());
    // What is held against the state that the entries give.
    Errands against(options.threads);
    if (sealed) {
        against.add([&](Report&) { return sealed->against_state(replay.state(), replay.tree()); });
    }
    against.add([&](Report& own) { return check_files(store, options, *files, replay, own); });
    against.add([&](Report& own) { return check_data_files(options, replay, own); });
    for (std::size_t table = 0; replay.whole() && table < market::row_kinds; ++table) {
        against.add([&, table](Report& own) -> Result<void> {
            check_table(table, store, replay.state(), own);
            return {};
        });
    }
    if (auto ok = against.finish(report); !ok) return unexpected(ok.error());
    report.merge(std::move(of_sealed));
    check_release(replay.state(), report);
    const auto after = store.head();
    if (!after) return unexpected(after.error());
    // Parts of what was read would be of different moments.
    if (after->size != head->size) return fail("the ledger grew meanwhile");
    report.figures.milliseconds = since();
    return report;
}

} // namespace handprint::audit
