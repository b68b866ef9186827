#pragma once

// The one writer. A bounded queue, one thread, group commit: load the rows a batch needs (at most
// two rounds), decide each command in turn, commit once, then answer. It also issues the node's own
// commands: automatic acceptance when due (before commands of the same time) and the steps of runs.
//
// One batch is committed while the next is decided, and grows until it can begin, or a moment more
// when many come at once: fewer and larger commits cost less. Rows, head and
// frontier of the sequencer run ahead of the store by that batch; whoever reads the tables for a
// decision lands it first, or compares with the rows in hand. Answers wait for their own commit and
// for all before it.
//
// A commit whose outcome is not known poisons the batch: everybody waiting is told to retry with
// the same id, everything derived is thrown away and read again from the store that `reopen` gives.

#include "ledger/merkle/tree.hpp"
#include "node/market/carry_out.hpp"
#include "node/market/claims.hpp"
#include "node/market/manifest.hpp"
#include "node/market/state.hpp"
#include "node/pipeline/committer.hpp"
#include "node/pipeline/completions.hpp"
#include "node/pipeline/expiries.hpp"
#include "node/pipeline/job.hpp"
#include "node/pipeline/runs.hpp"
#include "node/pipeline/seen.hpp"
#include "node/pipeline/vault.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace handprint::pipeline {

/// Milliseconds since 1970.
using Clock = std::function<Int()>;

/// What the sequencer counts; read by /metrics and the benchmarks.
struct SequencerStats {
    std::atomic<std::uint64_t> begun{0}; // commits, ended or under way
    std::atomic<std::uint64_t> commits{0}, entries{0}, refusals{0}, unavailable{0}, poisoned{0};
    std::atomic<std::uint64_t> load_us{0}, decide_us{0}, commit_us{0};
    std::atomic<std::uint64_t> batch_sizes[12]{}; // [i]: commits of 2^i .. 2^(i+1)-1 jobs
    std::atomic<std::uint64_t> batches{0};        // decided, those too that left nothing to commit
    std::atomic<bool> timers_stopped{false};
    std::atomic<bool> clock_doubted{false}; // it leapt ahead and no delegate has confirmed it yet
    std::atomic<bool> out_of_reach{false};  // the store, after a commit that failed: no commands
};

struct SequencerOptions {
    std::size_t queue_most = 20'000;
    std::size_t batch_most = 512;
    std::size_t rows_most = 2'000'000; // cached between batches
    Int period_ms = 0;                 // closes a period this often if something happened; 0: never
    std::string origin;
    /// Decide a batch before the one before it has landed, or after; else as the disk has it.
    /// For tests, in which neither may depend on what is faster.
    std::optional<bool> overlap = std::nullopt;
    /// A batch of many waits this long for more once the one before it has landed.
    std::chrono::milliseconds linger{3};
};

class Sequencer {
public:
    struct Parts {
        store::Store& store;
        const Vault& vault;
        Clock clock;
        KeyPair clock_key;
        Completions& completions;
        std::vector<Follower*> followers;
        /// Called after an unknown outcome, until it gives success: reopens the store in place.
        std::function<Result<void>()> reopen;
        /// Told in a sentence of what goes wrong and has nobody to be answered to; from the
        /// sequencer's thread.
        std::function<void(std::string_view)> warn;
    };

    Sequencer(Parts parts, SequencerOptions options);
    ~Sequencer();
    Sequencer(const Sequencer&) = delete;
    Sequencer& operator=(const Sequencer&) = delete;

    /// Takes over the store, reads what is derived from it and starts the thread. Failure if the
    /// frontier does not give the head's root.
    [[nodiscard]] Result<void> start();
    /// Commits what is queued, then ends the thread; runs go on at the next start.
    void stop();

    /// False when the queue is full (the caller answers 503 with Retry-After) or stopping; `done`
    /// is then not called.
    [[nodiscard]] bool submit(Job job);

    /// When the witnesses cosigned the newest checkpoint, ms: `seen` as seen_by_quorum() has it
    /// (timers stop when it is too old, since nobody else would bear out what they do), `middle`
    /// by the middle clock (a clock that leaps is believed when this agrees).
    void witnessed(Int seen, Int middle) {
        witnessed_.store(seen);
        witnessed_middle_.store(middle);
    }

    /// A checkpoint of that size that the quorum cosigned. It goes into the ledger if a payout
    /// without a quorum is proposed or was released under it.
    void cosigned(std::string checkpoint, Int size);

    /// Whether there are witnesses to compare the clock with; without any it is believed.
    void require_witness(bool on) { require_witness_.store(on); }

    [[nodiscard]] const SequencerStats& stats() const { return stats_; }

    [[nodiscard]] std::size_t queued() const;

    [[nodiscard]] Int size() const { return size_.load(std::memory_order_acquire); }

    /// Waits until the log has at least `size` entries; false after the time-out.
    [[nodiscard]] bool wait_for(Int size, Int timeout_ms);

private:
    struct Pending;
    using Deadline = std::chrono::steady_clock::time_point;

    void run();
    [[nodiscard]] Result<void> rebuild();
    [[nodiscard]] std::vector<Job> take(bool& stopping);
    void add_own(std::vector<Job>& jobs, Int now);
    Int add_due(std::vector<Job>& jobs, Int now);
    void add_expired(std::vector<Job>& timers, Int now);
    [[nodiscard]] Result<std::vector<Int>> unfilled(const Expiries::Due& due);
    void add_step(std::vector<Job>& jobs);
    void add_close(std::vector<Job>& jobs, Int now);
    void add_checkpoint(std::vector<Job>& jobs);
    [[nodiscard]] Job own(market::Command command);
    [[nodiscard]] std::vector<Job> take_more(std::size_t most, Deadline until);
    void process(std::vector<Job> jobs, Int now);
    void decide_lot(std::vector<Job>& jobs, Pending& pending, Int now);
    /// Those whose needs an entry before them in the batch may add to.
    [[nodiscard]] Result<std::set<const Job*>> load(const std::vector<Job>& jobs);
    [[nodiscard]] Result<void> load_again(const Job& job);
    [[nodiscard]] Result<void> load_rows(std::vector<market::Key> keys);
    [[nodiscard]] Result<void> prepare(Job& job, Int now);
    void decide_one(Job& job, Pending& pending, Int now);
    [[nodiscard]] std::optional<Answer> refuse_seen(const Job& job);
    void let_leases_run_out(const Job& job, Int now);
    void decide_claim(Job& job, Pending& pending, Int now);
    void take_entry(Job& job, market::Done done, Pending& pending, Int now);
    void attach(Job& job, Pending& pending, Int index, const record::Json& result);
    [[nodiscard]] Answer again(const Job& job, Int index);
    void commit(std::unique_ptr<Pending> pending, Int now);
    [[nodiscard]] bool lands_first(const std::vector<Job>& jobs) const;
    [[nodiscard]] bool land();
    [[nodiscard]] bool wait_for_landing(std::unique_ptr<Pending>& landed);
    void settle(Pending& landed);
    void follow(const Pending& pending);
    void trim();
    void publish(Pending& pending);
    void drop(Pending& pending);
    void poison(Pending& pending, const std::string& why);
    [[nodiscard]] Result<void> tell_batches();
    [[nodiscard]] Result<void> load_common();
    void warn(std::string_view what);
    void watch_clock(Int now);
    [[nodiscard]] Int entry_time(Int wall, const std::vector<Job>& jobs);
    [[nodiscard]] bool timers_may_run(Int now);

    Parts parts_;
    SequencerOptions options_;
    SequencerStats stats_;

    mutable std::mutex mutex_;
    std::condition_variable wake_, grown_;
    std::deque<Job> queue_;
    std::size_t enough_ = 1; // so many in the queue wake the thread
    bool stopping_ = false;
    std::string cosigned_; // newest checkpoint of the quorum
    Int cosigned_size_ = 0;
    std::thread thread_;

    // The thread's own.
    market::State state_;
    market::ClaimBook claims_;
    Runs runs_;
    Expiries expiries_;
    SignedCheckpoints checkpoints_;
    store::Head head_; // with the batch that is being committed
    std::optional<merkle::Frontier> frontier_;
    std::unique_ptr<Pending> flying_; // what is being committed
    std::chrono::steady_clock::time_point flying_since_;
    Int blobs_ = 0;
    Int next_due_check_ = 0;
    Int last_period_ = 0;
    Int recorded_size_ = 0; // of the newest checkpoint that was tried
    Int last_clock_ = 0, jumped_to_ = 0;
    Int clock_confirmed_ = 0; // by an entry that is in the store
    Int held_from_ = 0;       // the time before a leap that nobody has borne out yet, else 0
    std::chrono::steady_clock::time_point held_since_;
    std::vector<Job> deferred_;
    std::string last_warning_;
    std::chrono::steady_clock::time_point warned_at_;

    std::atomic<Int> size_{0};
    std::atomic<Int> witnessed_{0}, witnessed_middle_{0};
    std::atomic<bool> require_witness_{false};

    Committer committer_;
};

} // namespace handprint::pipeline
