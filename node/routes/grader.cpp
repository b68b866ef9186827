#include "node/routes/grader.hpp"

#include "ledger/record/commitment.hpp"
#include "node/http/problem.hpp"
#include "node/pipeline/intake.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string>

namespace handprint::routes {

void Grader::row(const market::Row& row) {
    const std::lock_guard lock(mutex_);
    if (const auto* batch = std::get_if<market::BatchRow>(&row)) {
        if (batch->qualifies_level != 0) tests_.insert(batch->batch);
    } else if (const auto* work = std::get_if<market::AssignmentRow>(&row)) {
        // Those of a commit come as events.
        if (!reading_ || !tests_.contains(work->batch)) return;
        if (work->state != static_cast<Int>(market::AssignmentState::submitted)) return;
        wait({work->batch, work->member, {{work->task, work->submitted}}});
    }
}

void Grader::forget() {
    const std::lock_guard lock(mutex_);
    reading_ = true;
    tests_.clear();
    waiting_.clear();
}

/// With the lock held.
void Grader::wait(const Work& work) {
    Work& waiting = waiting_[{work.batch, work.member}];
    waiting.batch = work.batch;
    waiting.member = work.member;
    waiting.tasks.insert(work.tasks.begin(), work.tasks.end());
}

/// With the lock held.
std::vector<std::function<void()>> Grader::take_waiting() {
    std::vector<std::function<void()>> jobs;
    for (auto& [key, work] : waiting_) {
        jobs.push_back([this, work = std::move(work)] { grade(work); });
    }
    waiting_.clear();
    return jobs;
}

void Grader::catch_up() {
    std::vector<std::function<void()>> jobs;
    {
        const std::lock_guard lock(mutex_);
        reading_ = false;
        jobs = take_waiting();
    }
    parts_.completions.post(std::move(jobs));
}

void Grader::entries(const std::vector<pipeline::NewEntry>& entries) {
    std::vector<std::function<void()>> jobs;
    {
        const std::lock_guard lock(mutex_);
        if (!submit_) return; // the sequencer is only just starting
        for (const auto& entry : entries) {
            for (const auto& event : entry.events) {
                const auto* done = std::get_if<market::Submitted>(&event);
                if (done == nullptr || !tests_.contains(done->batch)) continue;
                Work work{done->batch, done->member, {}};
                for (const Int task : done->tasks)
                    work.tasks[task] = entry.index;
                wait(work);
            }
        }
        reading_ = false;
        jobs = take_waiting();
    }
    if (!jobs.empty()) parts_.completions.post(std::move(jobs));
}

void Grader::grade(const Work& work) {
    try {
        give_grade(work);
    } catch (const http::Unavailable& error) { // an answer that cannot be read is not a wrong one
        const std::lock_guard lock(mutex_);
        const bool first = told_.insert({work.batch, work.member}).second;
        if (first && parts_.warn) {
            parts_.warn(
                "the test of member " + std::to_string(work.member) + " in batch "
                + std::to_string(work.batch) + " is not graded: " + error.what()
            );
        }
        wait(work);
    }
}

namespace {

/// What was answered; nothing if that is damaged or lost. An answer of another form is empty.
std::optional<std::string> value_of(const std::vector<StoredAnswer>& answers, Int task) {
    const auto given = std::find_if(answers.begin(), answers.end(), [task](const auto& answer) {
        return answer.task == task;
    });
    if (given == answers.end()) return std::nullopt;
    const auto json = nlohmann::json::parse(given->bytes, nullptr, false);
    if (!json.is_object() || !json.contains("value") || !json["value"].is_string()) return "";
    return json["value"].get<std::string>();
}

} // namespace

void Grader::give_grade(const Work& work) {
    market::Grade command;
    command.batch = work.batch;
    command.member = work.member;
    std::string evidence;
    Int read = market::never; // tasks that came in one entry have their answers in one blob
    std::vector<StoredAnswer> answers;
    for (const auto& [task, index] : work.tasks) {
        command.tasks.push_back(task);
        const auto truth = parts_.content.known_answer(work.batch, task);
        if (index != read) answers = parts_.content.answers(index);
        read = index;
        const auto given = value_of(answers, task);
        const std::string where = " task " + std::to_string(task) + " cannot be read";
        if (!truth) throw http::Unavailable("the known answer of" + where);
        if (!given) throw http::Unavailable("the answer to" + where);
        if (*truth == *given) ++command.correct;
        evidence += std::to_string(task) + '=' + *given + '/' + *truth + '\n';
    }
    record::Salt salt{};
    parts_.vault.fill(salt);
    command.evidence = record::commit(salt, evidence);
    const CommandId id = parts_.vault.command_id(parts_.clock());
    pipeline::Job job;
    Bytes kept(salt.begin(), salt.end());
    append(kept, as_bytes(evidence));
    job.notes.push_back({"graded", "", std::move(kept)});
    job.request =
        pipeline::sign_command(std::move(command), "clock", id, parts_.clock_key, parts_.origin);
    job.done = [this, work](const pipeline::Answer& answer) {
        const bool later = answer.verdict == pipeline::Verdict::unavailable
                           || (answer.verdict == pipeline::Verdict::refused
                               && answer.refusal.family == market::Family::later);
        if (!later) return;
        const std::lock_guard lock(mutex_);
        wait(work);
    };
    if (!submit_(std::move(job))) {
        const std::lock_guard lock(mutex_);
        wait(work);
    }
}

} // namespace handprint::routes
