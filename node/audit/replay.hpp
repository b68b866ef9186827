#pragma once

// Folds the log again from its first entry and decides every entry a second time, as the rules of
// its moment say. One thread.

#include "ledger/books/journal.hpp"
#include "ledger/record/due_watch.hpp"
#include "ledger/record/key_hints.hpp"
#include "node/audit/books_view.hpp"
#include "node/audit/log_tree.hpp"
#include "node/audit/read_entry.hpp"
#include "node/audit/report.hpp"
#include "node/audit/timers.hpp"
#include "node/market/decide.hpp"
#include "node/market/state.hpp"

#include <map>
#include <string>
#include <vector>

namespace handprint::audit {

/// A policy that was in force until the log got a new key.
struct FormerPolicy {
    std::string text;
    Int least = 0; // size of the log with the entry of the change, and
    Int most = 0;  // with those that the clock made right after it
};

class Replay {
public:
    /// Both must outlive this.
    Replay(store::Store& store, const Options& options, Report& report);

    void take(ReadEntry& entry);

    /// False once an entry could not be folded: the state is that before it.
    [[nodiscard]] bool whole() const noexcept { return !stopped_; }

    [[nodiscard]] const market::State& state() const noexcept { return state_; }

    [[nodiscard]] const LogTree& tree() const noexcept { return tree_; }

    [[nodiscard]] Int time() const noexcept { return time_; }

    /// In the order of the entries.
    [[nodiscard]] const std::vector<FormerPolicy>& former() const noexcept { return former_; }

    [[nodiscard]] const record::DueWatch& done() const noexcept { return done_; }

private:
    void check_header(const ReadEntry& entry);
    [[nodiscard]] bool check_evidence(ReadEntry& entry);
    [[nodiscard]] bool find_key(ReadEntry& entry) const;
    void prepare(ReadEntry& entry);
    void check_close(const ReadEntry& entry, market::Prepared& prepared);
    void check_checkpoint(const ReadEntry& entry, const std::string& text);
    [[nodiscard]] bool decide_again(const ReadEntry& entry);
    [[nodiscard]] bool same_parts(
        const ReadEntry& entry, const market::Draft& draft, const std::vector<std::string>& opened
    );
    void fold_only(const ReadEntry& entry);
    void check_member_parts(const ReadEntry& entry);
    void follow_policy(const ReadEntry& entry);
    void learn_keys(const ReadEntry& entry);
    void fault(const ReadEntry& entry, const char* code, std::string what);
    void refused(const ReadEntry& entry, const market::Refusal& refusal);

    store::Store& store_;
    const Options& options_;
    Report& report_;
    market::State state_;
    LogTree tree_;
    BooksView books_;
    LateTimers timers_;
    record::DueWatch done_;
    books::ClassTotals totals_;
    record::KeyHints keys_;
    std::map<std::string, std::vector<market::PaidTo>> owed_; // at the newest close, by currency
    std::vector<FormerPolicy> former_;
    Int next_ = 0;
    Int time_ = 0;
    bool stopped_ = false;
};

} // namespace handprint::audit
