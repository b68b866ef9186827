#pragma once

// A sequencer over a memory store: a cooperative with a member, a requester and a project, a clock
// that stands until it is moved, and a store that fails when told to. Failures of the rig itself
// end the test.

#include "node/pipeline/sequencer.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::pipeline {

class Rig {
public:
    static constexpr Int accept_ms = 60'000;

    /// As in SequencerOptions.
    explicit Rig(
        std::optional<bool> overlap = std::nullopt,
        std::size_t rows_most = SequencerOptions{}.rows_most
    );
    ~Rig();
    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    /// The node grades work that nobody handed in.
    Answer refused_grade(Int batch);
    /// A draft; its one chunk of tasks waits under "staged" if so wished.
    Int draft(bool staged, Int tasks = 1, Int chunks = 1); // so many tasks in each chunk
    void import_tasks(Int batch, Int tasks = 1, Int chunks = 1);
    /// A draft and its import, in one batch of commands; the answer to the import.
    Answer draft_and_import();
    /// Money for the requester, by one transfer each, in one batch of commands.
    std::vector<Answer> fund_together(const std::vector<Hash>& references);
    /// The code of the refusal, if it is one.
    std::string close(Int batch);
    /// Funded and published; leases in it run for accept_ms.
    Int open_batch(Int tasks = 1);
    /// Of the first so many tasks; the code of the refusal, if it is one.
    std::string claim(Int batch, Int tasks = 1);
    /// A batch of so many tasks, all of them claimed.
    Int claimed_work(Int tasks);
    Answer submit(Int batch, Int task);
    /// A task is claimed and handed in; it falls due after accept_ms.
    void submit_work();
    /// By the requester, of the work of submit_work(); the code of the refusal, if it is one.
    std::string accept_work();
    /// The node ends and starts again over the same store.
    void restart();

    struct Held {
        Int until = 0;
        std::vector<Int> tasks;

        bool operator==(const Held&) const = default;
    };

    /// What those who follow were told that the member holds in a batch.
    [[nodiscard]] Held told(Int batch);
    /// What the member's claim row says; nothing if there is none.
    [[nodiscard]] std::optional<Held> claim_row(Int batch);
    void confirm_clock();
    /// The same, but the commit fails after the next batch has been begun.
    void lose_confirmation();

    void move_clock(Int by_ms) { now_ += by_ms; }

    /// A batch with nothing in it but what the node does itself.
    void look();
    /// Waits until the sequencer has looked without being asked anything.
    void idle();
    /// Looks until the import is sealed; false if it does not come to that.
    [[nodiscard]] bool becomes_sealed(Int batch);
    /// False if stopping takes long.
    [[nodiscard]] bool stops();

    /// How many commits it takes to store a value, and while that is being committed another, and
    /// then lots of values, each `pause` after the one before was taken.
    [[nodiscard]] std::uint64_t commits_for(int lots, std::chrono::milliseconds pause = {});
    /// The same for one lot, and another once the first value is answered, with which the batch is
    /// full.
    [[nodiscard]] std::uint64_t commits_when_they_come_again(std::chrono::milliseconds linger);

    /// A queue that holds two takes no more while both wait, keeps what it took, and then takes
    /// again.
    [[nodiscard]] bool refuses_a_third();

    void break_next_read() { broken_reads_ = 1; }

    void break_reads(bool on) { broken_reads_ = on ? 1'000'000 : 0; }

    void fill_disk(bool full) { full_ = full; }

    /// Neither commits nor is taken over.
    void lose_store(bool lost) { full_ = lost_ = lost; }

    [[nodiscard]] bool out_of_reach() const { return sequencer_->stats().out_of_reach; }

    /// False if it does not come to that.
    [[nodiscard]] bool becomes_out_of_reach(bool wanted);

    /// A value to store is refused.
    [[nodiscard]] bool refuses() { return !stores_one(); }

    [[nodiscard]] std::uint64_t commits() { return store_.count(store::Operation::commit); }

    [[nodiscard]] market::BatchState state_of(Int batch) {
        return static_cast<market::BatchState>(row(batch).state);
    }

    /// Of the work of submit_work().
    [[nodiscard]] Int accepted() { return row(worked_on_).accepted; }

    [[nodiscard]] bool warned(std::string_view part);

private:
    /// Keeps the newest word on every claim.
    class Claims final : public Follower {
    public:
        void row(const market::Row&) override {}

        void claim(Int member, Int batch, Int until, const std::vector<Int>& tasks) override {
            const std::lock_guard lock(mutex_);
            CHECK(member == 0);
            held_[batch] = {tasks.empty() ? 0 : until, tasks};
        }

        void forget() override {
            const std::lock_guard lock(mutex_);
            held_.clear();
        }

        [[nodiscard]] Held of(Int batch) {
            const std::lock_guard lock(mutex_);
            return held_[batch];
        }

    private:
        std::mutex mutex_;
        std::map<Int, Held> held_;
    };

    struct Stored {
        std::atomic<int> given{0}, answered{0};
    };

    /// Hands in so many values to be stored.
    void store(int values, Stored& stored);
    /// The first value is being committed, the second waits for it.
    void store_two(Stored& stored, std::chrono::milliseconds commit_lasts);
    void wait_till_taken();
    [[nodiscard]] bool stores_one();

    void start();
    [[nodiscard]] store::Fault fault(store::Operation operation);
    [[nodiscard]] Int read_clock();
    void found();
    Answer ask(market::Command command, const std::string& actor, const KeyPair& by);
    Job signed_job(market::Command command, const std::string& actor, const KeyPair& by);
    [[nodiscard]] market::CreateBatch next_batch() const;
    [[nodiscard]] static market::ImportTasks import_of(Int batch, Int tasks, Int chunks);
    Answer give(Job job);
    std::vector<Answer> give_together(std::vector<Job> jobs);
    [[nodiscard]] market::BatchRow row(Int batch);

    std::atomic<int> broken_reads_{0};
    std::atomic<bool> full_{false}, busy_{false}, lost_{false};
    std::atomic<std::chrono::milliseconds> commit_lasts_{};
    std::atomic<Int> now_{1'795'280'000'000}, looks_{0};
    store::MemoryStore store_;
    Vault vault_;
    Completions completions_;
    KeyPair clock_, delegate_, requester_, member_;
    Claims claims_;
    SequencerOptions options_;
    std::unique_ptr<Sequencer> sequencer_;
    Int batches_ = 0, worked_on_ = 0;
    std::uint8_t transfers_ = 0;
    std::mutex mutex_;
    std::vector<std::string> warnings_;
    std::vector<Job> together_; // handed in at the next look
};

} // namespace handprint::pipeline
