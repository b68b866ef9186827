#include "node/market/apply.hpp"

#include "ledger/books/pricing.hpp"
#include "node/market/area.hpp"
#include "node/market/external.hpp"
#include "node/market/lists.hpp"
#include "node/market/manifest.hpp"
#include "node/market/own_terms.hpp"
#include "node/market/party_keys.hpp"
#include "node/market/progress.hpp"
#include "node/market/reference.hpp"

#include <algorithm>

namespace handprint::market {

namespace {

struct Applier {
    State& state;
    const EntryFacts& facts;

    CoopRow coop() const { return state.get<CoopRow>(1); }

    /// An account of something that begins with this entry: it cannot be open yet.
    void new_account(const std::string& name, const std::string& currency) const {
        state.load(key_of<AccountRow>(name, currency), std::nullopt);
    }

    void operator()(const GenesisDone& e) const {
        CoopRow row;
        row.origin = e.origin;
        row.policy = e.policy;
        row.currencies = join(e.currencies);
        row.clock_key = e.clock_key;
        row.promise_key = e.promise_key;
        row.clock_confirmed = facts.time;
        state.put(row);
    }

    void operator()(const RuleEnacted& e) const {
        const auto* old = state.find<RuleRow>(e.name);
        RuleRow row = old != nullptr ? *old : RuleRow{e.name, e.value, 0, never};
        if (old != nullptr) {
            if (row.next_from != never && row.next_from <= facts.time) row.value = row.next_value;
            row.next_value = e.value;
            row.next_from = e.from;
        }
        state.put(row);
        auto c = coop();
        ++c.rules;
        state.put(c);
    }

    void operator()(const DelegateNamed& e) const {
        state.put(KeyRow{e.key, area::party('d', e.delegate), "device", facts.index, never});
        auto c = coop();
        c.delegates = std::max(c.delegates, e.delegate + 1);
        c.delegate_keys += (c.delegate_keys.empty() ? "" : ",") + e.key;
        state.put(c);
    }

    void operator()(const MemberEnrolled& e) const {
        MemberRow row;
        row.member = e.member;
        row.enrolled = facts.index;
        row.languages = join(e.languages);
        row.valid_keys = first_keys(state, area::party('m', e.member), e.keys, facts.index);
        state.create(row);
        auto c = coop();
        c.members = e.member + 1;
        state.put(c);
    }

    void operator()(const KeyAdded& e) const {
        add_key(state, e.party, {e.key, e.role}, facts.index);
    }

    void operator()(const KeyRevoked& e) const { end_key(state, e.party, e.key, facts.index); }

    void operator()(const ReenrolmentProposed& e) const {
        const bool member = area::ordinal_of(e.party, 'm') != never;
        const char* act = member ? ReenrolMember::kind : ReenrolRequester::kind;
        state.create(ProposalRow{facts.index, act, e.delegate, e.from, e.party, e.key});
    }

    void operator()(const ReenrolmentRefused& e) const {
        answer_proposals(state, e.party, facts.index);
    }

    void operator()(const Reenrolled& e) const {
        replace_keys(state, e.party, e.key, facts.index);
        answer_proposals(state, e.party, facts.index);
    }

    void operator()(const RequesterRegistered& e) const {
        RequesterRow row;
        row.requester = e.requester;
        row.registered = facts.index;
        row.valid_keys = first_keys(state, area::party('r', e.requester), e.keys, facts.index);
        state.create(row);
        auto c = coop();
        c.requesters = e.requester + 1;
        state.put(c);
    }

    void operator()(const Granted& e) const {
        GrantRow row;
        row.grant = facts.index;
        row.requester = e.requester;
        row.key = e.key;
        row.kinds = join(e.kinds);
        row.currency = e.currency;
        row.batches = join(e.batches);
        row.cap = e.cap.minor;
        row.expires = e.expires;
        state.create(row);
        state.put(KeyRow{e.key, "g:" + std::to_string(facts.index), "agent", facts.index, never});
    }

    void operator()(const GrantRevoked& e) const {
        auto row = state.get<GrantRow>(e.grant);
        row.revoked = facts.index;
        state.put(row);
        auto key = state.get<KeyRow>(row.key);
        key.revoked = facts.index;
        state.put(key);
    }

    void
    name(Int requester, const char* kind, const Hash& hash, Int ordinal, Int task = never) const {
        const std::string of = area::party('r', requester);
        state.put(ExternalRow{external_name(of, kind, hash), ordinal, task});
    }

    void operator()(const ProjectCreated& e) const {
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

    void operator()(const BatchCreated& e) const {
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

    void importing(Int requester, Int batch) const {
        auto row = state.get<RequesterRow>(requester);
        row.importing = batch;
        state.put(row);
    }

    void operator()(const ImportOpened& e) const {
        auto row = state.get<BatchRow>(e.batch);
        importing(row.requester, e.batch);
        row.state = static_cast<Int>(BatchState::importing);
        row.import_root = e.root;
        row.tasks = e.count;
        row.chunks = e.chunks;
        row.least_micros = e.least_micros.value_or(0);
        state.put(row);
    }

    void operator()(const ImportChunked& e) const {
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

    void operator()(const ImportSealed& e) const {
        auto row = state.get<BatchRow>(e.batch);
        row.state = static_cast<Int>(BatchState::sealed);
        row.progress.clear();
        importing(row.requester, never);
        state.put(row);
    }

    void operator()(const TasksEnded& e) const {
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

    void spend(Int amount) const {
        if (facts.grant == never) return;
        auto grant = state.get<GrantRow>(facts.grant);
        grant.spent += amount;
        state.put(grant);
    }

    void operator()(const BatchPublished& e) const {
        auto row = state.get<BatchRow>(e.batch);
        row.state = static_cast<Int>(BatchState::open);
        row.fee_bps = e.fee_bps;
        state.put(row);
        spend(e.held.minor);
    }

    void operator()(const BatchClosed& e) const {
        auto row = state.get<BatchRow>(e.batch);
        if (row.state == static_cast<Int>(BatchState::importing)) {
            row.progress.clear();
            importing(row.requester, never);
        }
        row.state = static_cast<Int>(BatchState::closed);
        state.put(row);
    }

    /// The first use of a reference at the bank stays: later ones are of the same payout or refund.
    void used(const Hash& reference, Int payout = never, Int refund = never) const {
        std::string name = reference_name(reference);
        if (state.find<ReferenceRow>(name) != nullptr) return;
        state.put(ReferenceRow{std::move(name), facts.index, payout, refund});
    }

    void operator()(const Funded& e) const { used(e.reference); }

    void operator()(const RefundSent& e) const {
        new_account("in_transit/refund:" + std::to_string(e.refund), e.currency);
        state.create(RefundRow{
            e.refund,
            e.requester,
            e.currency,
            e.amount.minor,
            static_cast<Int>(TransferState::in_transit)
        });
        auto c = coop();
        c.refunds = e.refund + 1;
        state.put(c);
        spend(e.amount.minor);
    }

    void refund_state(Int number, TransferState to) const {
        auto row = state.get<RefundRow>(number);
        row.state = static_cast<Int>(to);
        state.put(row);
    }

    void operator()(const RefundSettled& e) const {
        used(e.reference, never, e.refund);
        refund_state(e.refund, TransferState::settled);
    }

    void operator()(const RefundReturned& e) const {
        used(e.reference, never, e.refund);
        refund_state(e.refund, TransferState::returned);
    }

    void operator()(const Submitted& e) const {
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

    void operator()(const Accepted& e) const {
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
            credit(project, item.member, *points);
            ++batch.accepted;
            batch.fee_micros_bps += price * batch.fee_bps;
        }
        batch.fee_posted += e.fee.minor;
        state.put(batch);
        state.put(project);
    }

    void credit(ProjectRow& project, Int member, Int points) const {
        const auto* old = state.find<CreditRow>(project.project, member);
        if (old == nullptr) ++project.contributors;
        CreditRow row = old != nullptr ? *old : CreditRow{project.project, member, 0};
        row.points += points;
        project.points += points;
        state.put(row);
    }

    void operator()(const Graded&) const {}

    void operator()(const SkillGranted& e) const {
        state.put(SkillRow{e.member, e.domain, e.level, facts.index});
    }

    void operator()(const DistributionOpened& e) const {
        DistributionRow row;
        row.distribution = e.distribution;
        row.project = e.project;
        row.currency = e.currency;
        row.source = e.source;
        row.amount = e.amount.minor;
        row.pool = e.pool.minor;
        row.points = e.points.value;
        row.count = e.count;
        row.chunks = e.chunks;
        row.root = e.root;
        row.opened = facts.index;
        row.seed = e.seed;
        new_account("suspense/share:" + std::to_string(e.distribution), e.currency);
        if (e.reference) used(*e.reference);
        state.create(row);
        auto c = coop();
        c.distributions = e.distribution + 1;
        c.open_distribution = e.distribution;
        state.put(c);
    }

    void operator()(const DistributionChunked& e) const {
        auto row = state.get<DistributionRow>(e.distribution);
        ++row.chunks_done;
        for (const ShareOf& share : e.rows) {
            row.progress = progress_add(row.progress, as_bytes(manifest_row(share)));
            const auto opening = share_opening(e.distribution, row.seed, row.rows_done, share);
            const auto leaf = record::leaf_bytes(record::list_share(opening));
            row.commitments = progress_add(row.commitments, leaf);
            row.blinds = (Scalar{row.blinds} + opening.blind).bytes;
            ++row.rows_done;
            row.points_done += share.points.value;
            row.paid += share.amount.minor;
        }
        state.put(row);
    }

    void operator()(const DistributionSealed& e) const {
        auto row = state.get<DistributionRow>(e.distribution);
        row.sealed = facts.index;
        row.listed = e.listed;
        row.progress.clear();
        row.commitments.clear();
        state.put(row);
        auto c = coop();
        c.open_distribution = never;
        state.put(c);
    }

    void operator()(const PeriodClosed& e) const {
        state.create(PeriodRow{e.period, facts.index, e.previous, e.count, facts.time, e.root});
        auto c = coop();
        c.periods = e.period;
        c.last_close = facts.index;
        state.put(c);
    }

    void operator()(const PayoutOpened& e) const {
        PayoutRow row;
        row.payout = e.payout;
        row.period = e.period;
        row.currency = e.currency;
        row.minimum = e.minimum.minor;
        state.put(ExternalRow{payout_name(e.period, e.currency), e.payout, never});
        row.count = e.count;
        row.total = e.total.minor;
        row.chunks = e.chunks;
        row.root = e.root;
        state.create(row);
        auto c = coop();
        c.payouts = e.payout + 1;
        c.open_payout = e.payout;
        state.put(c);
    }

    void operator()(const PayoutChunked& e) const {
        auto row = state.get<PayoutRow>(e.payout);
        ++row.chunks_done;
        for (const PaidTo& paid : e.rows) {
            row.progress = progress_add(row.progress, as_bytes(manifest_row(paid)));
            ++row.rows_done;
            row.sent += paid.amount.minor;
            state.put(PayoutItemRow{
                e.payout,
                paid.member,
                paid.amount.minor,
                static_cast<Int>(TransferState::in_transit)
            });
        }
        state.put(row);
    }

    void operator()(const PayoutSealed& e) const {
        auto row = state.get<PayoutRow>(e.payout);
        row.sealed = facts.index;
        row.progress.clear();
        state.put(row);
        auto c = coop();
        c.open_payout = never;
        state.put(c);
    }

    void item_states(Int payout, const std::vector<PaidTo>& items, TransferState to) const {
        for (const PaidTo& item : items) {
            auto row = state.get<PayoutItemRow>(payout, item.member);
            row.state = static_cast<Int>(to);
            state.put(row);
        }
    }

    void operator()(const Settled& e) const {
        used(e.reference, e.payout);
        item_states(e.payout, e.items, TransferState::settled);
    }

    void operator()(const Returned& e) const {
        used(e.reference, e.payout);
        item_states(e.payout, e.items, TransferState::returned);
    }

    void operator()(const ReleaseProposed& e) const {
        state.create(ProposalRow{facts.index, ReleasePayout::kind, e.delegate, e.from, {}, {}});
        auto c = coop();
        c.open_release = facts.index;
        state.put(c);
    }

    void operator()(const ReleasedWithoutQuorum& e) const {
        auto c = coop();
        c.uncovered = facts.index;
        c.uncovered_period = e.period;
        state.put(c);
    }

    void operator()(const CheckpointRecorded& e) const {
        auto c = coop();
        if (e.size > c.open_release) c.open_release = never;
        if (e.size > c.uncovered) c.uncovered = c.uncovered_period = never;
        state.put(c);
    }

    void operator()(const LogKeyRotated& e) const {
        auto c = coop();
        c.policy = e.policy;
        state.put(c);
    }

    void operator()(const ClockConfirmed& e) const {
        auto c = coop();
        c.clock_confirmed = e.time;
        state.put(c);
    }
};

} // namespace

void apply(State& state, std::span<const Event> events, const EntryFacts& facts) {
    const Applier applier{state, facts};
    for (const Event& event : events)
        std::visit(applier, event);
}

} // namespace handprint::market
