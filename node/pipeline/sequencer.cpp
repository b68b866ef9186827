#include "node/pipeline/pending.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace handprint::pipeline {

namespace {

constexpr Int idle_ms = 50; // how often timers are looked at when nothing else happens
constexpr std::size_t lot = 32;
/// What is decided has the time of its batch's first command; on a disk that hangs it would be far
/// behind.
constexpr std::chrono::seconds grows_for(2);

/// Needs a batch of its own: its rows come from a snapshot of all tables, or it is decided by
/// another time than the rest.
bool is_exclusive(const Job& job) {
    const auto& command = job.request.command;
    return !job.only_store
           && (std::holds_alternative<market::ConfirmClock>(command)
               || std::holds_alternative<market::Income>(command)
               || std::holds_alternative<market::Surplus>(command)
               || std::holds_alternative<market::ClosePeriod>(command)
               || market::payout_currency(command) != nullptr);
}

} // namespace

std::uint64_t us_since(std::chrono::steady_clock::time_point start) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                          std::chrono::steady_clock::now() - start
    )
                                          .count());
}

Sequencer::Sequencer(Parts parts, SequencerOptions options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      runs_(parts_.store, parts_.vault),
      checkpoints_(parts_.store, parts_.vault),
      committer_(parts_.store, [this] {
          const std::lock_guard lock(mutex_); // or a waiter that has just looked would sleep on
          wake_.notify_one();
      }) {}

Sequencer::~Sequencer() {
    stop();
}

Result<void> Sequencer::start() {
    if (auto ok = rebuild(); !ok) return ok;
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "hp-sequencer");
        run();
    });
    return {};
}

void Sequencer::stop() {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ && !thread_.joinable()) return;
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool Sequencer::submit(Job job) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= options_.queue_most) return false;
        queue_.push_back(std::move(job));
        if (queue_.size() < enough_) return true;
    }
    wake_.notify_one();
    return true;
}

std::size_t Sequencer::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

bool Sequencer::wait_for(Int size, Int timeout_ms) {
    std::unique_lock lock(mutex_);
    return grown_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
        return size_.load() >= size;
    });
}

void Sequencer::warn(std::string_view what) {
    // What goes wrong at every look would fill the disk with one sentence.
    constexpr std::chrono::seconds apart(10);
    const auto now = std::chrono::steady_clock::now();
    if (what == last_warning_ && now < warned_at_ + apart) return;
    last_warning_ = what;
    warned_at_ = now;
    if (parts_.warn) parts_.warn(what);
}

std::vector<Job> Sequencer::take(bool& stopping) {
    std::vector<Job> jobs = std::move(deferred_);
    deferred_.clear();
    std::unique_lock lock(mutex_);
    if (jobs.empty() && (flying_ || !runs_.ready())) {
        wake_.wait_for(lock, std::chrono::milliseconds(idle_ms), [this] {
            if (flying_) return !queue_.empty() || committer_.ended();
            return stopping_ || !queue_.empty();
        });
    }
    jobs.reserve(std::min(jobs.size() + queue_.size(), options_.batch_most));
    while (!queue_.empty() && jobs.size() < options_.batch_most) {
        if (is_exclusive(queue_.front()) && !jobs.empty()) break;
        const bool alone = is_exclusive(queue_.front());
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
        if (alone) break;
    }
    stopping = stopping_ && queue_.empty() && jobs.empty();
    return jobs;
}

/// Those who join a batch before `until`: in lots that are worth reading rows for, as long as the
/// batch before it is being committed. Nothing if no lot comes, or that batch has landed.
std::vector<Job> Sequencer::take_more(std::size_t most, Deadline until) {
    std::vector<Job> jobs;
    const auto has_landed = [this] { return flying_ && committer_.ended(); };
    std::unique_lock lock(mutex_);
    enough_ = std::min(lot, most);
    const bool came = wake_.wait_until(lock, until, [&] {
        return stopping_ || queue_.size() >= enough_ || has_landed();
    });
    const bool enough = came && queue_.size() >= enough_ && !has_landed();
    enough_ = 1;
    if (!enough) return jobs;
    while (!queue_.empty() && jobs.size() < most && !is_exclusive(queue_.front())) {
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return jobs;
}

bool Sequencer::lands_first(const std::vector<Job>& jobs) const {
    // A batch of its own is decided by what is in the tables.
    if (!jobs.empty() && is_exclusive(jobs.front())) return true;
    if (jobs.empty() || !options_.overlap) return committer_.ended();
    return !*options_.overlap;
}

void Sequencer::run() {
    while (true) {
        bool stopping = false;
        // Deferred jobs wait for an entry of that batch, and share its fate.
        if (!deferred_.empty()) (void)land();
        auto jobs = take(stopping);
        if (stopping) {
            (void)land();
            return; // not after own work, which may be refused again and again
        }
        // When it fails everything is read anew, and nothing of these jobs is decided yet.
        if (flying_ && lands_first(jobs)) (void)land();
        const Int wall = parts_.clock();
        watch_clock(std::max(wall, head_.time + 1));
        const Int now = entry_time(wall, jobs);
        if (jobs.empty() || !is_exclusive(jobs.front())) add_own(jobs, now);
        if (!jobs.empty()) process(std::move(jobs), now);
    }
}

void Sequencer::process(std::vector<Job> jobs, Int now) {
    trim();
    auto pending = std::make_unique<Pending>();
    pending->frontier = frontier_;
    const bool alone = is_exclusive(jobs.front());
    std::size_t count = jobs.size();
    decide_lot(jobs, *pending, now);
    // While one batch is being committed, who comes joins the next: it cannot begin before, and so
    // few are left for a batch of their own, each of which costs a sync.
    const auto join_until = [&](Deadline until) {
        while (!alone && count < options_.batch_most) {
            auto more = take_more(options_.batch_most - count, until);
            if (more.empty()) return;
            count += more.size();
            decide_lot(more, *pending, now);
        }
    };
    if (flying_) join_until(flying_since_ + grows_for);
    if (flying_ && count >= lot && committer_.ended()) {
        // Many come at once: those who are answered now are likely to come again in a moment.
        if (!land()) return drop(*pending);
        join_until(std::chrono::steady_clock::now() + options_.linger);
    }
    stats_.batches.fetch_add(1);
    pending->jobs = count;
    commit(std::move(pending), now);
}

void Sequencer::decide_lot(std::vector<Job>& jobs, Pending& pending, Int now) {
    const auto start = std::chrono::steady_clock::now();
    const auto again = load(jobs);
    if (!again) {
        warn("the rows of a batch cannot be read: " + again.error().what);
        for (Job& job : jobs)
            pending.refused.emplace_back(std::move(job.done), Answer{});
        return;
    }
    stats_.load_us.fetch_add(us_since(start));
    const auto deciding = std::chrono::steady_clock::now();
    for (Job& job : jobs) {
        if (again->contains(&job)) {
            if (auto ok = load_again(job); !ok) {
                warn("the rows of a command cannot be read: " + ok.error().what);
                pending.refused.emplace_back(std::move(job.done), Answer{});
                continue;
            }
        }
        if (is_exclusive(job)) {
            // Rows of the run come from the tables, so they must hold all that was decided before.
            if (auto ok = prepare(job, now); !ok) {
                warn(
                    std::string(market::kind_of(job.request.command))
                    + " cannot be prepared: " + ok.error().what
                );
                pending.refused.emplace_back(std::move(job.done), Answer{});
                continue;
            }
        }
        decide_one(job, pending, now);
    }
    stats_.decide_us.fetch_add(us_since(deciding));
}

void Sequencer::decide_one(Job& job, Pending& pending, Int now) {
    Answer answer;
    if (job.only_store) {
        answer.verdict = Verdict::stored;
        attach(job, pending, market::never, {});
        pending.answers.emplace_back(std::move(job.done), std::move(answer));
        return;
    }
    if (!std::visit(
            [](const auto& c) { return market::makes_entry<std::remove_cvref_t<decltype(c)>>; },
            job.request.command
        )) {
        decide_claim(job, pending, now);
        return;
    }
    if (auto refused = refuse_seen(job)) {
        pending.refused.emplace_back(std::move(job.done), std::move(*refused));
        return;
    }
    const Int index = head_.size + static_cast<Int>(pending.entries.size());
    const market::Context context{now, index, &claims_};
    auto done = market::carry_out(state_, job.request, context, [this] {
        record::Salt salt{};
        parts_.vault.fill(salt);
        return salt;
    });
    if (done) {
        take_entry(job, std::move(*done), pending, now);
        return;
    }
    const auto& refusal = done.error();
    if (refusal.code == "already_done") {
        const Int before =
            state_.get<market::CommandRow>(job.request.id.hex(), job.request.actor).index;
        if (before >= size_.load()) {
            deferred_.push_back(std::move(job)); // answered from the entry once it is committed
            return;
        }
        answer = again(job, before);
        if (answer.verdict == Verdict::unavailable) {
            warn("entry " + std::to_string(before) + " cannot be read to answer with it again");
        }
    } else {
        stats_.refusals.fetch_add(1);
        answer.verdict = Verdict::refused;
        answer.refusal = refusal;
        if (refusal.code == "work_in_hand") let_leases_run_out(job, now);
        const bool tried_again = refusal.family == market::Family::later;
        if (job.request.actor == "clock" && !tried_again) {
            warn(
                std::string("the node's own ") + market::kind_of(job.request.command)
                + " was refused: " + refusal.detail
            );
        }
    }
    pending.refused.emplace_back(std::move(job.done), std::move(answer));
}

/// Whoever is to close a batch is not kept from it by members who claim its work again and again:
/// what is in hand now may be finished, and then there is time to ask once more.
void Sequencer::let_leases_run_out(const Job& job, Int now) {
    constexpr Int to_ask_again_ms = 10 * 60 * 1000;
    const auto& close = std::get<market::CloseBatch>(job.request.command);
    const auto& batch = state_.get<market::BatchRow>(close.batch);
    claims_.hold_off(close.batch, now + batch.lease_ms + to_ask_again_ms);
}

std::optional<Answer> Sequencer::refuse_seen(const Job& job) {
    const auto& request = job.request;
    if (request.seen_size == market::never) return std::nullopt;
    const auto ours = checkpoints_.has(request.seen_size, request.seen_root);
    if (!ours) {
        warn("a signed checkpoint cannot be read: " + ours.error().what);
        return Answer{};
    }
    if (*ours) return std::nullopt;
    stats_.refusals.fetch_add(1);
    Answer answer;
    answer.verdict = Verdict::refused;
    answer.refusal = {
        market::Family::invalid,
        "wrong_log",
        "The checkpoint that you have seen is not one of this log.",
        "seen"
    };
    return answer;
}

} // namespace handprint::pipeline
