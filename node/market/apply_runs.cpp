// The runs that pay: distributions, closes, payouts, and payouts without a quorum.

#include "node/market/applier.hpp"
#include "node/market/external.hpp"
#include "node/market/manifest.hpp"
#include "node/market/progress.hpp"

namespace handprint::market {

void Applier::operator()(const DistributionOpened& e) const {
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

void Applier::operator()(const DistributionChunked& e) const {
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

void Applier::operator()(const DistributionSealed& e) const {
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

void Applier::operator()(const PeriodClosed& e) const {
    state.create(PeriodRow{e.period, facts.index, e.previous, e.count, facts.time, e.root});
    auto c = coop();
    c.periods = e.period;
    c.last_close = facts.index;
    state.put(c);
}

void Applier::operator()(const PayoutOpened& e) const {
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

void Applier::operator()(const PayoutChunked& e) const {
    auto row = state.get<PayoutRow>(e.payout);
    ++row.chunks_done;
    for (const PaidTo& paid : e.rows) {
        row.progress = progress_add(row.progress, as_bytes(manifest_row(paid)));
        ++row.rows_done;
        row.sent += paid.amount.minor;
        state.put(PayoutItemRow{
            e.payout, paid.member, paid.amount.minor, static_cast<Int>(TransferState::in_transit)
        });
    }
    state.put(row);
}

void Applier::operator()(const PayoutSealed& e) const {
    auto row = state.get<PayoutRow>(e.payout);
    row.sealed = facts.index;
    row.progress.clear();
    state.put(row);
    auto c = coop();
    c.open_payout = never;
    state.put(c);
}

void Applier::operator()(const ReleaseProposed& e) const {
    state.create(ProposalRow{facts.index, ReleasePayout::kind, e.delegate, e.from, {}, {}});
    auto c = coop();
    c.open_release = facts.index;
    state.put(c);
}

void Applier::operator()(const ReleasedWithoutQuorum& e) const {
    auto c = coop();
    c.uncovered = facts.index;
    c.uncovered_period = e.period;
    state.put(c);
}

void Applier::operator()(const CheckpointRecorded& e) const {
    auto c = coop();
    if (e.size > c.open_release) c.open_release = never;
    if (e.size > c.uncovered) c.uncovered = c.uncovered_period = never;
    state.put(c);
}

} // namespace handprint::market
