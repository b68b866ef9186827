// What the node does of its own accord: timers, steps of runs, the close of a period.

#include "node/market/own_terms.hpp"
#include "node/pipeline/intake.hpp"
#include "node/pipeline/sequencer.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace handprint::pipeline {

namespace {

constexpr Int look_ms = 50;             // how often due work is looked for
constexpr Int jump_ms = 10 * 60 * 1000; // a larger step of the clock stops the timers
constexpr Int stale_ms = 5 * 60 * 1000; // so does a quorum that had seen it longer ago than this

} // namespace

void Sequencer::watch_clock(Int now) {
    // The first reading is held against the newest entry, so a jump while the node was down counts.
    if (last_clock_ != 0 && now > last_clock_ + jump_ms) {
        jumped_to_ = now;
        if (require_witness_.load() && held_from_ == 0) {
            held_from_ = last_clock_;
            held_since_ = std::chrono::steady_clock::now();
        }
    }
    // A clock that was corrected backwards must not leave the timers waiting for the wrong time.
    if (now < jumped_to_) jumped_to_ = now;
    if (now < last_period_) last_period_ = now;
    if (now + look_ms < next_due_check_) next_due_check_ = now;
    last_clock_ = now;
    if (jumped_to_ != 0 && clock_confirmed_ + stale_ms >= jumped_to_)
        jumped_to_ = held_from_ = next_due_check_ = 0;
}

/// The time for entries decided now. A leap ahead would be there for good, since the ledger's time
/// never goes back: until the middle clock of the witnesses or a delegate bears it out, or the
/// clock is put right, time goes on from before the leap at the pace of the machine.
Int Sequencer::entry_time(Int wall, const std::vector<Job>& jobs) {
    if (held_from_ != 0) {
        const auto passed = std::chrono::steady_clock::now() - held_since_;
        const Int held =
            held_from_ + std::chrono::duration_cast<std::chrono::milliseconds>(passed).count();
        const Int middle = witnessed_middle_.load();
        const bool agree = middle + stale_ms >= wall && middle <= wall + stale_ms;
        const bool confirming =
            !jobs.empty()
            && std::holds_alternative<market::ConfirmClock>(jobs.front().request.command);
        if (agree || wall <= held + jump_ms) {
            held_from_ = 0;
        } else if (!confirming) {
            wall = held;
        }
    }
    return std::max(wall, head_.time + 1);
}

bool Sequencer::timers_may_run(Int now) {
    const bool stale = require_witness_.load() && now > witnessed_.load() + stale_ms;
    const bool ok = !stale && jumped_to_ == 0;
    stats_.timers_stopped.store(!ok);
    stats_.clock_doubted.store(jumped_to_ != 0);
    return ok;
}

Job Sequencer::own(market::Command command) {
    const CommandId id = parts_.vault.command_id(head_.time);
    Job job;
    job.request = sign_command(std::move(command), "clock", id, parts_.clock_key, options_.origin);
    return job;
}

void Sequencer::add_own(std::vector<Job>& jobs, Int now) {
    if (head_.size == 0) return;
    // After the cache was trimmed, timers would find neither the cooperative nor its rules.
    if (state_.peek<market::CoopRow>(1) == nullptr) {
        if (auto ok = load_common(); !ok) return warn("no timers: " + ok.error().what);
    }
    add_step(jobs);
    add_checkpoint(jobs);
    // No look is put off while timers are stopped: the time may stand when they may run again.
    if (now < next_due_check_ || !timers_may_run(now)) return;
    const Int next = add_due(jobs, now);
    add_close(jobs, now);
    // While a batch is being committed the tables may not show yet what is due.
    if (jobs.empty() && !flying_) next_due_check_ = next;
}

/// The time of the next look: what falls due before comes before the commands of its moment.
Int Sequencer::add_due(std::vector<Job>& jobs, Int now) {
    constexpr std::size_t most = 1000;
    constexpr std::size_t for_one_entry = 50;
    Int next = now + look_ms;
    const auto due = parts_.store.due(next, most);
    if (!due) {
        warn("what is due cannot be read: " + due.error().what);
        return next;
    }
    std::map<Int, std::vector<market::TaskMember>> by_batch;
    for (const auto& item : *due) {
        if (item.due > now) {
            next = item.due;
            break;
        }
        // The batch that is being committed may have accepted it.
        const auto* work = state_.peek<market::AssignmentRow>(item.batch, item.task, item.member);
        if (work != nullptr && work->state != static_cast<Int>(market::AssignmentState::submitted))
            continue;
        by_batch[item.batch].push_back({item.task, item.member});
    }
    std::vector<Job> timers;
    for (auto& [batch, items] : by_batch) {
        for (std::size_t at = 0; at < items.size(); at += for_one_entry) {
            const auto end = std::min(at + for_one_entry, items.size());
            timers.push_back(own(market::AutoAccept{
                batch,
                {items.begin() + static_cast<std::ptrdiff_t>(at),
                 items.begin() + static_cast<std::ptrdiff_t>(end)}
            }));
        }
    }
    add_expired(timers, now);
    // At equal time timers come before commands.
    jobs.insert(
        jobs.begin(), std::make_move_iterator(timers.begin()), std::make_move_iterator(timers.end())
    );
    return next;
}

/// Tasks whose time is over, less those that are full or done with.
void Sequencer::add_expired(std::vector<Job>& timers, Int now) {
    for (const auto& due : expiries_.due(now)) {
        const auto tasks = unfilled(due);
        if (!tasks) return warn("what has expired cannot be read: " + tasks.error().what);
        if (!tasks->empty()) {
            timers.push_back(own(market::EndTasks{due.batch, *tasks}));
        } else {
            // Full, or ended by what is being committed: should that be lost, all is read anew.
            expiries_.drop(due);
        }
    }
}

Result<std::vector<Int>> Sequencer::unfilled(const Expiries::Due& due) {
    std::vector<market::Key> keys{market::key_of<market::BatchRow>(due.batch)};
    for (const Int task : due.tasks)
        keys.push_back(market::key_of<market::TaskRow>(due.batch, task));
    auto rows = parts_.store.load(keys);
    if (!rows) return unexpected(rows.error());
    // The batch that is being committed may have changed some of them.
    if (const auto* ahead = state_.peek<market::BatchRow>(due.batch)) rows->front() = *ahead;
    for (std::size_t i = 0; i < due.tasks.size(); ++i) {
        const auto* ahead = state_.peek<market::TaskRow>(due.batch, due.tasks[i]);
        if (ahead != nullptr) (*rows)[i + 1] = *ahead;
    }
    std::vector<Int> tasks;
    if (!rows->front()) return tasks;
    const auto& batch = std::get<market::BatchRow>(*rows->front());
    if (batch.state != static_cast<Int>(market::BatchState::open)) return tasks;
    for (std::size_t i = 1; i < keys.size(); ++i) {
        const auto& row = (*rows)[i];
        if (row && market::has_rest(batch, std::get<market::TaskRow>(*row)))
            tasks.push_back(due.tasks[i - 1]);
    }
    return tasks;
}

void Sequencer::add_step(std::vector<Job>& jobs) {
    // Looks while the disk is slow do not count: the step may be in the batch under way.
    if (jobs.empty() && flying_) return;
    auto steps = runs_.next();
    if (!steps) return warn(steps.error().what);
    std::vector<Job> own_jobs;
    for (market::Command& step : *steps)
        own_jobs.push_back(own(std::move(step)));
    jobs.insert(
        jobs.begin(),
        std::make_move_iterator(own_jobs.begin()),
        std::make_move_iterator(own_jobs.end())
    );
}

void Sequencer::cosigned(std::string checkpoint, Int size) {
    const std::lock_guard lock(mutex_);
    cosigned_ = std::move(checkpoint);
    cosigned_size_ = size;
}

void Sequencer::add_checkpoint(std::vector<Job>& jobs) {
    const auto* coop = state_.peek<market::CoopRow>(1);
    if (coop == nullptr
        || (coop->open_release == market::never && coop->uncovered == market::never))
        return;
    const std::lock_guard lock(mutex_);
    // One that is refused is not tried again: the next one will be larger.
    if (cosigned_size_ <= recorded_size_ || !market::is_answered_by(*coop, cosigned_size_)) return;
    recorded_size_ = cosigned_size_;
    jobs.push_back(own(market::RecordCheckpoint{cosigned_}));
}

void Sequencer::add_close(std::vector<Job>& jobs, Int now) {
    if (options_.period_ms == 0 || !jobs.empty() || runs_.pays()) return;
    if (last_period_ == 0) last_period_ = now;
    if (now - last_period_ < options_.period_ms) return;
    last_period_ = now;
    if (!land() || runs_.pays()) return;
    const auto* coop = state_.peek<market::CoopRow>(1);
    if (coop == nullptr || coop->last_close == head_.size - 1) return;
    jobs.push_back(own(market::ClosePeriod{}));
}

} // namespace handprint::pipeline
