// Runs under way while something else goes wrong, through the sequencer and with a clock that
// stands.

#include "ledger/base/base64.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace handprint::pipeline {

namespace {

constexpr const char* origin = "runs.example/log";

KeyPair key(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

std::string text_of(const KeyPair& pair) {
    return base64_encode(pair.public_key());
}

Vault counting_vault() {
    return {DataKey{1}, [drawn = std::uint64_t{0}](std::span<std::uint8_t> out) mutable {
                for (auto& byte : out) {
                    drawn = drawn * 6364136223846793005ULL + 1442695040888963407ULL;
                    byte = static_cast<std::uint8_t>(drawn >> 56U);
                }
            }};
}

/// A cooperative with one requester and its project; the clock never moves.
class Rig {
public:
    Rig()
        : store_([this](store::Operation operation, std::uint64_t) {
              store::Decision decision;
              const bool broken =
                  (operation == store::Operation::load && broken_read_.exchange(false))
                  || (operation == store::Operation::commit && full_);
              if (broken) decision.fault = store::Fault::fail;
              return decision;
          }),
          vault_(counting_vault()),
          completions_(1) {
        SequencerOptions options;
        options.origin = origin;
        sequencer_ = std::make_unique<Sequencer>(
            Sequencer::Parts{
                store_,
                vault_,
                [] { return Int{1'795'280'000'000}; },
                clock_,
                completions_,
                {},
                {},
                [this](std::string_view what) {
                    const std::lock_guard lock(mutex_);
                    warnings_.emplace_back(what);
                }
            },
            options
        );
        REQUIRE(sequencer_->start());
        market::Genesis genesis;
        genesis.clock_key = text_of(clock_);
        genesis.promise_key = text_of(key(9));
        genesis.origin = origin;
        genesis.policy = "quorum none\n";
        genesis.currencies = {"KES"};
        genesis.delegates = {text_of(delegate_)};
        genesis.founders = {text_of(key(8))};
        did(ask(genesis, "d:0", delegate_));
        did(ask(market::RegisterRequester{text_of(requester_)}, "new", requester_));
        did(ask(market::CreateProject{Hash{}, "project"}, "r:0", requester_));
    }

    ~Rig() {
        sequencer_->stop();
        completions_.stop();
    }

    Rig(const Rig&) = delete;
    Rig& operator=(const Rig&) = delete;

    Answer ask(market::Command command, const std::string& actor, const KeyPair& by) {
        Job job;
        CommandId id;
        vault_.fill(id.bytes);
        job.request = sign_command(std::move(command), actor, id, by, origin);
        return give(std::move(job));
    }

    Answer refused_grade(Int batch) {
        market::Grade grade;
        grade.batch = batch;
        grade.tasks = {0};
        return ask(grade, "clock", clock_);
    }

    /// A draft; its one chunk of tasks waits under "staged" if so wished.
    Int draft(bool staged) {
        market::CreateBatch create;
        create.accept_ms = create.lease_ms = 60'000;
        create.bundle_max = create.overlap = create.estimate_s = 1;
        create.price_micros = 1'000'000;
        create.currency = "KES";
        create.domain = "text";
        create.language = "en";
        create.external = "batch " + std::to_string(batches_);
        did(ask(create, "r:0", requester_));
        if (staged) {
            Job job;
            job.only_store = true;
            job.notes.push_back({"staged", chunk_id(batches_, 0), encode(StagedChunk{{}, 1, {}})});
            (void)give(std::move(job));
        }
        return batches_++;
    }

    void import_tasks(Int batch) {
        market::ImportTasks import;
        import.batch = batch;
        import.count = import.chunks = 1;
        import.root = record::MerkleList::of_commitments(std::vector<Hash>(1)).root();
        did(ask(import, "r:0", requester_));
    }

    void look() {
        Job nudge;
        nudge.only_store = true;
        (void)give(std::move(nudge));
    }

    /// Looks until the batch is sealed; each round has something to do, so none waits.
    bool becomes_sealed(Int batch) {
        for (int round = 0; round < 200; ++round) {
            look();
            if (state_of(batch) == market::BatchState::sealed) return true;
        }
        return false;
    }

    market::BatchState state_of(Int batch) {
        const std::lock_guard lock(store_.disk()->mutex);
        const auto& row = store_.disk()->state.rows.at(market::key_of<market::BatchRow>(batch));
        return static_cast<market::BatchState>(std::get<market::BatchRow>(row).state);
    }

    void break_next_read() { broken_read_ = true; }

    void fill_disk(bool full) { full_ = full; }

    std::uint64_t commits() { return store_.count(store::Operation::commit); }

    bool warned(std::string_view part) {
        const std::lock_guard lock(mutex_);
        return std::any_of(warnings_.begin(), warnings_.end(), [part](const std::string& text) {
            return text.find(part) != std::string::npos;
        });
    }

private:
    static void did(const Answer& answer) {
        CAPTURE(answer.refusal.detail);
        REQUIRE(answer.verdict == Verdict::entry);
    }

    Answer give(Job job) {
        std::promise<Answer> promise;
        job.done = [&promise](Answer answer) { promise.set_value(std::move(answer)); };
        REQUIRE(sequencer_->submit(std::move(job)));
        return promise.get_future().get();
    }

    std::atomic<bool> broken_read_{false}, full_{false};
    store::MemoryStore store_;
    Vault vault_;
    Completions completions_;
    KeyPair clock_ = key(1), delegate_ = key(2), requester_ = key(3);
    std::unique_ptr<Sequencer> sequencer_;
    Int batches_ = 0;
    std::mutex mutex_;
    std::vector<std::string> warnings_;
};

} // namespace

TEST_CASE("an import goes on after a grade was refused while the clock stands") {
    Rig rig;
    const Int batch = rig.draft(true);
    CHECK(rig.refused_grade(batch).verdict == Verdict::refused);
    rig.import_tasks(batch);
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("an import goes on after the rows of its step could not be read") {
    Rig rig;
    const Int batch = rig.draft(true);
    rig.import_tasks(batch);
    rig.break_next_read();
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("a step that cannot be committed is not tried at every look") {
    Rig rig;
    const Int batch = rig.draft(true);
    rig.import_tasks(batch);
    rig.fill_disk(true);
    const auto before = rig.commits();
    for (int i = 0; i < 100; ++i)
        rig.look();
    CHECK(rig.commits() - before <= 4);
    rig.fill_disk(false);
    CHECK(rig.becomes_sealed(batch));
}

TEST_CASE("an import whose chunk is missing is reported and holds up nobody") {
    Rig rig;
    const Int without = rig.draft(false), with = rig.draft(true);
    rig.import_tasks(without);
    rig.import_tasks(with);
    CHECK(rig.becomes_sealed(with));
    CHECK(rig.state_of(without) == market::BatchState::importing);
    CHECK(rig.warned("import of batch 0 cannot go on: a staged chunk is missing"));
}

} // namespace handprint::pipeline
