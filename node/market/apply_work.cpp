// The work: projects, batches, imports, submissions, acceptances, skills.

#include "ledger/books/pricing.hpp"
#include "node/market/applier.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/progress.hpp"

namespace handprint::market {

namespace {

void set_importing(State& state, Int requester, Int batch) {
    auto row = state.get<RequesterRow>(requester);
    row.importing = batch;
    state.put(row);
}

void credit(State& state, ProjectRow& project, Int member, Int points) {
    const auto* old = state.find<CreditRow>(project.project, member);
    if (old == nullptr) ++project.contributors;
    CreditRow row = old != nullptr ? *old : CreditRow{project.project, member, 0};
    row.points += points;
    project.points += points;
    state.put(row);
}

} // namespace

void Applier::operator()(const ProjectCreated& e) const {
    ProjectRow row;
    row.project = e.project;
    row.requester = e.requester;
    row.document = e.document;
    state.create(row);
    name(e.requester, "project", e.external, e.project);
    auto c = coop();
    c.projects = e.project + 1;
    state.put(c);
}

void Applier::operator()(const BatchCreated& e) const {
    BatchRow row;
    row.batch = e.batch;
    row.project = e.project;
    row.requester = e.requester;
    row.terms = e.terms;
    row.currency = e.currency;
    row.domain = e.domain;
    row.language = e.language;
    row.price_micros = e.price_micros;
    row.overlap = e.overlap;
    row.lease_ms = e.lease_ms;
    row.accept_ms = e.accept_ms;
    row.bundle_max = e.bundle_max;
    row.level = e.level;
    row.estimate_s = e.estimate_s;
    row.hazard = e.hazard;
    if (e.qualifies) {
        row.qualifies_level = e.qualifies->level;
        row.qualifies_pass = e.qualifies->pass;
    }
    state.create(row);
    name(e.requester, "batch", e.external, e.batch);
    auto c = coop();
    c.batches = e.batch + 1;
    state.put(c);
}

void Applier::operator()(const ImportOpened& e) const {
    auto row = state.get<BatchRow>(e.batch);
    set_importing(state, row.requester, e.batch);
    row.state = static_cast<Int>(BatchState::importing);
    row.import_root = e.root;
    row.tasks = e.count;
    row.chunks = e.chunks;
    row.least_micros = e.least_micros.value_or(0);
    state.put(row);
}

void Applier::operator()(const ImportChunked& e) const {
    auto row = state.get<BatchRow>(e.batch);
    state.put(ChunkRow{e.batch, e.chunk, e.commit, row.rows_done, e.count});
    for (Int task = row.rows_done; const Hash& external : e.externals)
        name(row.requester, "task", external, e.batch, task++);
    const auto& own = own_terms_of(e);
    const auto labour = with_tasks(row, labour_of(row), e.count, own);
    HP_CHECK(labour.has_value(), "the sums were checked when the chunk was decided");
    set_labour(row, *labour);
    for (const OwnTerms& t : own) {
        TaskRow task{e.batch, t.task, 0, 0};
        task.price_micros = t.price_micros;
        task.overlap = t.overlap;
        task.expires = t.expires;
        state.put(task);
    }
    row.own_terms += std::ssize(own);
    row.progress = progress_add(row.progress, e.commit);
    ++row.chunks_done;
    row.rows_done += e.count;
    state.put(row);
}

void Applier::operator()(const ImportSealed& e) const {
    auto row = state.get<BatchRow>(e.batch);
    row.state = static_cast<Int>(BatchState::sealed);
    row.progress.clear();
    set_importing(state, row.requester, never);
    state.put(row);
}

void Applier::operator()(const TasksEnded& e) const {
    auto row = state.get<BatchRow>(e.batch);
    for (const Int number : e.tasks) {
        auto task = state.get<TaskRow>(e.batch, number);
        const auto rest = without_rest(row, labour_of(row), task);
        HP_CHECK(rest.has_value(), "a task is part of the sums of its batch");
        set_labour(row, *rest);
        task.ended = 1;
        state.put(task);
    }
    state.put(row);
}

void Applier::operator()(const BatchPublished& e) const {
    auto row = state.get<BatchRow>(e.batch);
    row.state = static_cast<Int>(BatchState::open);
    row.fee_bps = e.fee_bps;
    state.put(row);
    spend(e.held.minor);
}

void Applier::operator()(const BatchClosed& e) const {
    auto row = state.get<BatchRow>(e.batch);
    if (row.state == static_cast<Int>(BatchState::importing)) {
        row.progress.clear();
        set_importing(state, row.requester, never);
    }
    row.state = static_cast<Int>(BatchState::closed);
    state.put(row);
}

void Applier::operator()(const Submitted& e) const {
    auto batch = state.get<BatchRow>(e.batch);
    for (const Int task : e.tasks) {
        const auto* old = state.find<TaskRow>(e.batch, task);
        TaskRow row = old != nullptr ? *old : TaskRow{e.batch, task, 0, 0};
        ++row.submitted;
        state.put(row);
        state.put(AssignmentRow{
            e.batch,
            task,
            e.member,
            static_cast<Int>(AssignmentState::submitted),
            facts.index,
            e.due,
            never,
            0
        });
        ++batch.submitted;
    }
    state.put(batch);
}

void Applier::operator()(const Accepted& e) const {
    auto batch = state.get<BatchRow>(e.batch);
    auto project = state.get<ProjectRow>(batch.project);
    const auto points = books::credit_points(batch.estimate_s, static_cast<int>(batch.level));
    HP_CHECK(points.has_value(), "estimate and level were bounded when the batch was made");
    for (const Wage& item : e.items) {
        auto work = state.get<AssignmentRow>(e.batch, item.task, item.member);
        work.state = static_cast<Int>(AssignmentState::accepted);
        work.decided = facts.index;
        work.wage = item.wage.minor;
        state.put(work);
        auto task = state.get<TaskRow>(e.batch, item.task);
        ++task.accepted;
        const Int price = terms_of(batch, &task).price_micros;
        state.put(task);
        const auto* earned = state.find<EarningRow>(e.batch, item.member);
        EarningRow earning =
            earned != nullptr ? *earned : EarningRow{e.batch, item.member, 0, 0, 0};
        ++earning.accepted;
        earning.total_micros += price;
        earning.posted += item.wage.minor;
        state.put(earning);
        credit(state, project, item.member, *points);
        ++batch.accepted;
        batch.fee_micros_bps += price * batch.fee_bps;
    }
    batch.fee_posted += e.fee.minor;
    state.put(batch);
    state.put(project);
}

void Applier::operator()(const Graded&) const {}

void Applier::operator()(const SkillGranted& e) const {
    state.put(SkillRow{e.member, e.domain, e.level, facts.index});
}

} // namespace handprint::market
