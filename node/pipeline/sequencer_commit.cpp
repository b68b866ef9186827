// The end of a batch: committed while the next is decided, then told to those who follow and wait.

#include "node/pipeline/pending.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>

namespace handprint::pipeline {

namespace {

Bytes pack(const merkle::Frontier& frontier) {
    Bytes out;
    for (const Hash& part : frontier.parts())
        append(out, part);
    return out;
}

} // namespace

void Sequencer::commit(std::unique_ptr<Pending> pending, Int now) {
    auto& batch = pending->batch;
    auto changes = state_.take_changes();
    batch.upserts = std::move(changes.upserts);
    batch.erases = std::move(changes.erases);
    const bool nothing = batch.upserts.empty() && batch.erases.empty() && batch.secrets.empty()
                         && batch.entries.empty();
    batch.expected = head_;
    batch.next = head_;
    if (!pending->entries.empty()) {
        batch.next.size += static_cast<Int>(pending->entries.size());
        batch.next.root = pending->frontier->root();
        batch.next.frontier = pack(*pending->frontier);
        batch.next.time = now;
    }
    // What was decided here rests on the batch before it.
    std::unique_ptr<Pending> landed;
    if (!wait_for_landing(landed)) return drop(*pending);
    if (nothing) {
        if (landed) settle(*landed);
        publish(*pending);
        return;
    }
    head_ = batch.next;
    frontier_ = std::move(pending->frontier);
    flying_ = std::move(pending);
    flying_since_ = std::chrono::steady_clock::now();
    stats_.begun.fetch_add(1);
    committer_.begin(flying_->batch);
    // Now that the disk is busy again.
    if (landed) settle(*landed);
}

/// Waits for the batch that is being committed, if any. False when it failed: then everything was
/// read anew, and what has been decided since is void.
bool Sequencer::land() {
    std::unique_ptr<Pending> landed;
    if (!wait_for_landing(landed)) return false;
    if (landed) settle(*landed);
    return true;
}

bool Sequencer::wait_for_landing(std::unique_ptr<Pending>& landed) {
    if (!flying_) return true;
    const auto result = committer_.wait();
    auto batch = std::move(flying_);
    stats_.commit_us.fetch_add(us_since(flying_since_));
    if (result.outcome != store::Outcome::committed) {
        poison(*batch, result.why);
        return false;
    }
    landed = std::move(batch);
    return true;
}

/// Tells of a batch that is in the store.
void Sequencer::settle(Pending& landed) {
    stats_.commits.fetch_add(1);
    const auto bucket = static_cast<std::size_t>(std::bit_width(landed.jobs) - 1);
    stats_.batch_sizes[std::min<std::size_t>(bucket, 11)].fetch_add(1);
    stats_.entries.fetch_add(landed.entries.size());
    follow(landed);
    {
        const std::lock_guard lock(mutex_);
        size_.store(landed.batch.next.size, std::memory_order_release);
    }
    grown_.notify_all();
    publish(landed);
}

void Sequencer::follow(const Pending& pending) {
    for (const auto& row : pending.batch.upserts) {
        runs_.row(row);
        expiries_.row(row);
        if (const auto* coop = std::get_if<market::CoopRow>(&row))
            clock_confirmed_ = coop->clock_confirmed;
        for (Follower* follower : parts_.followers)
            follower->row(row);
    }
    for (const auto& change : pending.claims) {
        for (Follower* f : parts_.followers) {
            f->claim(change.member, change.batch, change.until, change.tasks);
        }
    }
    for (Follower* follower : parts_.followers)
        follower->entries(pending.entries);
}

void Sequencer::trim() {
    if (state_.size() <= options_.rows_most) return;
    if (!land()) return; // rows of a batch under way are nowhere else
    state_.trim(options_.rows_most);
    // The next batch loads what it needs, or says why not.
    if (!load_common()) state_.clear();
}

void Sequencer::publish(Pending& pending) {
    std::vector<std::function<void()>> work;
    std::shared_ptr<CommittedEntries> together;
    if (!pending.entries.empty()) {
        std::vector<Hash> leaves;
        for (const NewEntry& entry : pending.entries)
            leaves.push_back(entry.leaf);
        together =
            std::make_shared<CommittedEntries>(pending.entries.front().index, std::move(leaves));
    }
    for (auto& [done, answer] : pending.answers) {
        if (answer.verdict == Verdict::entry) answer.together = together;
    }
    for (auto* list : {&pending.answers, &pending.refused}) {
        for (auto& [done, answer] : *list) {
            if (!done) continue;
            if (answer.verdict == Verdict::unavailable) stats_.unavailable.fetch_add(1);
            answer.size = size_.load();
            work.push_back([done = std::move(done), answer = std::move(answer)]() mutable {
                done(std::move(answer));
            });
        }
    }
    if (!work.empty()) parts_.completions.post(std::move(work));
}

void Sequencer::drop(Pending& pending) {
    for (auto* list : {&pending.answers, &pending.refused}) {
        for (auto& [done, answer] : *list)
            answer = Answer{};
    }
    publish(pending);
}

void Sequencer::poison(Pending& pending, const std::string& why) {
    // Whether the batch was stored is not known here; nothing derived from it may be used.
    stats_.poisoned.fetch_add(1);
    warn("commit failed (" + why + "); reading the tables again");
    for (auto& [done, answer] : pending.answers)
        answer = Answer{};
    for (auto& [done, answer] : pending.refused) {
        if (answer.verdict == Verdict::refused) answer = Answer{};
    }
    for (Job& job : deferred_)
        pending.answers.emplace_back(std::move(job.done), Answer{});
    deferred_.clear();
    publish(pending);
    for (int attempt = 0;; ++attempt) {
        const auto reopened = parts_.reopen ? parts_.reopen() : Result<void>{};
        const auto read = reopened ? rebuild() : reopened;
        stats_.out_of_reach.store(!read);
        if (read) return;
        warn("cannot go on: " + read.error().what);
        std::unique_lock lock(mutex_);
        // Fail closed: everybody is refused until the tables can be read.
        for (Job& job : queue_) {
            if (job.done)
                parts_.completions.post({[done = std::move(job.done)] { done(Answer{}); }});
        }
        queue_.clear();
        if (stopping_) return;
        const auto pause = std::chrono::milliseconds(std::min(100 << std::min(attempt, 6), 5000));
        wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
}

} // namespace handprint::pipeline
