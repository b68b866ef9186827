#include "tests/pipeline/rig.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/fixed_names.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/market/lists.hpp"
#include "node/pipeline/intake.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace handprint::pipeline {

namespace {

constexpr const char* origin = "pipeline.example/log";

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

void did(const Answer& answer) {
    CAPTURE(answer.refusal.detail);
    REQUIRE(answer.verdict == Verdict::entry);
}

constexpr int lot = 32;

/// False if it does not in a long while.
template <typename Condition>
bool becomes(const Condition& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return condition();
}

} // namespace

Rig::Rig(std::optional<bool> overlap, std::size_t rows_most)
    : store_([this](store::Operation operation, std::uint64_t) {
          store::Decision decision{fault(operation), {}};
          if (operation == store::Operation::commit) decision.delay = commit_lasts_.load();
          return decision;
      }),
      vault_(counting_vault()),
      completions_(1),
      clock_(key(1)),
      delegate_(key(2)),
      requester_(key(3)),
      member_(key(4)) {
    options_.origin = origin;
    options_.overlap = overlap;
    options_.rows_most = rows_most;
    start();
    found();
}

void Rig::start() {
    sequencer_ = std::make_unique<Sequencer>(
        Sequencer::Parts{
            store_,
            vault_,
            [this] { return read_clock(); },
            clock_,
            completions_,
            {&claims_},
            {},
            [this](std::string_view what) {
                const std::lock_guard lock(mutex_);
                warnings_.emplace_back(what);
            }
        },
        options_
    );
    REQUIRE(sequencer_->start());
}

void Rig::restart() {
    sequencer_->stop();
    start();
}

Rig::~Rig() {
    sequencer_->stop();
    completions_.stop();
}

store::Fault Rig::fault(store::Operation operation) {
    bool broken = operation == store::Operation::commit && full_;
    if (broken && busy_.exchange(false)) {
        Job next; // arrives while the commit is under way
        next.only_store = true;
        (void)sequencer_->submit(std::move(next));
    }
    if (operation == store::Operation::load && broken_reads_ > 0) {
        --broken_reads_;
        broken = true;
    }
    if (operation == store::Operation::take_over && lost_) broken = true;
    return broken ? store::Fault::fail : store::Fault::none;
}

Int Rig::read_clock() {
    ++looks_;
    looks_.notify_all();
    const std::lock_guard lock(mutex_);
    for (Job& job : std::exchange(together_, {}))
        (void)sequencer_->submit(std::move(job));
    return now_;
}

void Rig::found() {
    market::Genesis genesis;
    genesis.clock_key = text_of(clock_);
    genesis.promise_key = text_of(key(9));
    genesis.origin = origin;
    genesis.policy = "quorum none\n";
    genesis.currencies = {"KES"};
    genesis.delegates = {text_of(delegate_)};
    genesis.founders = {text_of(member_)};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    did(ask(genesis, "d:0", delegate_));
    did(ask(market::EnrolMember{text_of(member_), {"en"}, {}}, "new", member_));
    did(ask(market::RegisterRequester{text_of(requester_)}, "new", requester_));
    did(ask(market::CreateProject{Hash{}, Hash{}}, "r:0", requester_));
}

Answer Rig::give(Job job) {
    std::promise<Answer> promise;
    job.done = [&promise](Answer answer) { promise.set_value(std::move(answer)); };
    REQUIRE(sequencer_->submit(std::move(job)));
    return promise.get_future().get();
}

Answer Rig::ask(market::Command command, const std::string& actor, const KeyPair& by) {
    return give(signed_job(std::move(command), actor, by));
}

Job Rig::signed_job(market::Command command, const std::string& actor, const KeyPair& by) {
    Job job;
    CommandId id;
    vault_.fill(id.bytes);
    job.request = sign_command(std::move(command), actor, id, by, origin);
    return job;
}

Answer Rig::refused_grade(Int batch) {
    market::Grade grade;
    grade.batch = batch;
    grade.tasks = {0};
    return ask(grade, "clock", clock_);
}

market::CreateBatch Rig::next_batch() const {
    market::CreateBatch create;
    create.accept_ms = create.lease_ms = accept_ms;
    create.bundle_max = 3;
    create.overlap = create.estimate_s = 1;
    create.price_micros = 1'000'000;
    create.level = 0;
    create.currency = "KES";
    create.domain = "text";
    create.language = "en";
    create.external = sha256(as_bytes("batch " + std::to_string(batches_)));
    return create;
}

Int Rig::draft(bool staged, Int tasks, Int chunks) {
    const auto create = next_batch();
    did(ask(create, "r:0", requester_));
    if (staged) {
        Job job;
        job.only_store = true;
        for (Int at = 0; at < chunks; ++at) {
            StagedChunk chunk{{}, tasks, {}, {}};
            for (Int task = at * tasks; task < (at + 1) * tasks; ++task) {
                const std::string name = std::to_string(batches_) + '/' + std::to_string(task);
                chunk.externals.push_back(sha256(as_bytes(name)));
            }
            job.notes.push_back({"staged", chunk_id(batches_, at), encode(chunk)});
        }
        (void)give(std::move(job));
    }
    return batches_++;
}

market::ImportTasks Rig::import_of(Int batch, Int tasks, Int chunks) {
    market::ImportTasks import;
    import.batch = batch;
    import.count = tasks * chunks;
    import.chunks = chunks;
    const std::vector<Hash> commits(static_cast<std::size_t>(chunks));
    import.root = record::MerkleList::of_commitments(commits).root();
    return import;
}

void Rig::import_tasks(Int batch, Int tasks, Int chunks) {
    did(ask(import_of(batch, tasks, chunks), "r:0", requester_));
}

std::vector<Answer> Rig::give_together(std::vector<Job> jobs) {
    std::vector<std::promise<Answer>> answers(jobs.size());
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            jobs[i].done = [&answers, i](Answer answer) {
                answers[i].set_value(std::move(answer));
            };
            together_.push_back(std::move(jobs[i]));
        }
    }
    look();
    std::vector<Answer> given;
    for (auto& answer : answers)
        given.push_back(answer.get_future().get());
    return given;
}

Answer Rig::draft_and_import() {
    std::vector<Job> jobs;
    jobs.push_back(signed_job(next_batch(), "r:0", requester_));
    jobs.push_back(signed_job(import_of(batches_++, 1, 1), "r:0", requester_));
    auto answers = give_together(std::move(jobs));
    did(answers[0]);
    return std::move(answers[1]);
}

std::vector<Answer> Rig::fund_together(const std::vector<Hash>& references) {
    std::vector<Job> jobs;
    for (const Hash& reference : references) {
        const market::Fund fund{market::Amount{100'000}, "KES", reference, 0};
        jobs.push_back(signed_job(fund, "d:0", delegate_));
    }
    return give_together(std::move(jobs));
}

std::string Rig::close(Int batch) {
    return ask(market::CloseBatch{batch}, "r:0", requester_).refusal.code;
}

Int Rig::open_batch(Int tasks) {
    const Int batch = draft(true, tasks);
    import_tasks(batch, tasks);
    REQUIRE(becomes_sealed(batch));
    did(ask(market::Fund{market::Amount{100'000}, "KES", Hash{++transfers_}, 0}, "d:0", delegate_));
    did(ask(market::Publish{batch}, "r:0", requester_));
    return batch;
}

std::string Rig::claim(Int batch, Int tasks) {
    Job claim;
    market::Claim wanted{0, batch, tasks, {}};
    for (Int task = 0; task < tasks; ++task)
        wanted.candidates.push_back(task);
    claim.request.command = std::move(wanted);
    return give(std::move(claim)).refusal.code;
}

Int Rig::claimed_work(Int tasks) {
    const Int batch = open_batch(tasks);
    REQUIRE(claim(batch, tasks).empty());
    return batch;
}

Answer Rig::submit(Int batch, Int task) {
    market::Submit submit;
    submit.batch = batch;
    submit.answers.push_back({Hash{}, 1, task, "text/plain"});
    return ask(submit, "m:0", member_);
}

void Rig::submit_work() {
    worked_on_ = claimed_work(1);
    did(submit(worked_on_, 0));
}

std::string Rig::accept_work() {
    return ask(market::Accept{worked_on_, {{0, 0}}}, "r:0", requester_).refusal.code;
}

bool Rig::refuses_a_third() {
    options_.queue_most = 2;
    restart();
    const std::uint64_t before = commits();
    Stored stored;
    commit_lasts_ = std::chrono::seconds(2);
    store(1, stored);
    REQUIRE(becomes([&] { return commits() > before; }));
    // It is taken into the batch that waits for the commit, so two more fill the queue.
    const auto jobs = [&stored] {
        Job job;
        job.only_store = true;
        job.done = [&stored](const Answer&) { ++stored.answered; };
        return job;
    };
    int taken = 0;
    while (taken < 10 && sequencer_->submit(jobs()))
        ++taken;
    commit_lasts_ = std::chrono::milliseconds(0);
    REQUIRE(becomes([&] { return stored.answered == stored.given + taken; }));
    return taken <= 3 && taken >= 2 && sequencer_->submit(jobs())
           && becomes([&] { return stored.answered == stored.given + taken + 1; });
}

Rig::Held Rig::told(Int batch) {
    look();
    return claims_.of(batch);
}

std::optional<Rig::Held> Rig::claim_row(Int batch) {
    const auto disk = store_.disk();
    const std::lock_guard lock(disk->mutex);
    const auto& rows = disk->state.rows;
    const auto at = rows.find(market::key_of<market::ClaimRow>(Int{0}, batch));
    if (at == rows.end()) return std::nullopt;
    const auto& row = std::get<market::ClaimRow>(at->second);
    return Held{row.until, market::split_numbers(row.tasks)};
}

void Rig::confirm_clock() {
    did(ask(market::ConfirmClock{now_}, "d:0", delegate_));
}

void Rig::lose_confirmation() {
    full_ = busy_ = true;
    const auto answer = ask(market::ConfirmClock{now_}, "d:0", delegate_);
    REQUIRE(answer.verdict == Verdict::unavailable);
    full_ = false;
}

void Rig::store(int values, Stored& stored) {
    for (int i = 0; i < values; ++i) {
        Job job;
        job.only_store = true;
        job.notes.push_back({"session", std::to_string(stored.given++), {1}});
        job.done = [&stored](const Answer&) { ++stored.answered; };
        REQUIRE(sequencer_->submit(std::move(job)));
    }
}

void Rig::store_two(Stored& stored, std::chrono::milliseconds commit_lasts) {
    const std::uint64_t before = commits();
    commit_lasts_ = commit_lasts;
    store(1, stored);
    REQUIRE(becomes([&] { return commits() > before; }));
    commit_lasts_ = std::chrono::milliseconds(0);
    store(1, stored);
    wait_till_taken();
}

bool Rig::becomes_out_of_reach(bool wanted) {
    return becomes([&] { return out_of_reach() == wanted; });
}

bool Rig::stores_one() {
    Job job;
    job.only_store = true;
    job.notes.push_back({"session", "one", {1}});
    return give(std::move(job)).verdict == Verdict::stored;
}

void Rig::wait_till_taken() {
    REQUIRE(becomes([this] { return sequencer_->queued() == 0; }));
}

std::uint64_t Rig::commits_for(int lots, std::chrono::milliseconds pause) {
    const std::uint64_t before = commits();
    Stored stored;
    store_two(stored, std::chrono::seconds(4));
    for (int i = 0; i < lots; ++i) {
        std::this_thread::sleep_for(pause);
        store(lot, stored);
        if (pause == pause.zero()) wait_till_taken();
    }
    REQUIRE(becomes([&] { return stored.answered == stored.given; }));
    return commits() - before;
}

std::uint64_t Rig::commits_when_they_come_again(std::chrono::milliseconds linger) {
    options_.linger = linger;
    options_.batch_most = 1 + 2 * lot;
    restart();
    const std::uint64_t before = commits();
    Stored stored;
    store_two(stored, std::chrono::milliseconds(500));
    store(lot, stored);
    wait_till_taken();
    REQUIRE(becomes([&] { return stored.answered > 0; }));
    // Nobody is waited for; who is as quick as the batch would be in it still.
    if (linger == linger.zero()) REQUIRE(becomes([&] { return commits() == before + 2; }));
    store(lot, stored);
    REQUIRE(becomes([&] { return stored.answered == stored.given; }));
    return commits() - before;
}

void Rig::look() {
    Job nudge;
    nudge.only_store = true;
    (void)give(std::move(nudge));
}

void Rig::idle() {
    look();
    // Its answer may be given while the look after it has begun; the second has nothing to do.
    for (const Int from = looks_; looks_ < from + 2;)
        looks_.wait(looks_);
}

bool Rig::becomes_sealed(Int batch) {
    for (int round = 0; round < 200; ++round) {
        look(); // so none waits for the time to pass
        if (state_of(batch) == market::BatchState::sealed) return true;
    }
    return false;
}

bool Rig::stops() {
    const auto stopped = std::async(std::launch::async, [this] { sequencer_->stop(); });
    const bool soon = stopped.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
    broken_reads_ = 0; // else the test would not end either
    return soon;
}

market::BatchRow Rig::row(Int batch) {
    const auto disk = store_.disk();
    const std::lock_guard lock(disk->mutex);
    return std::get<market::BatchRow>(disk->state.rows.at(market::key_of<market::BatchRow>(batch)));
}

bool Rig::warned(std::string_view part) {
    const std::lock_guard lock(mutex_);
    return std::any_of(warnings_.begin(), warnings_.end(), [part](const std::string& text) {
        return text.find(part) != std::string::npos;
    });
}

} // namespace handprint::pipeline
