// Transfers at the bank: funding, refunds, payouts that were carried out or came back.

#include "node/market/applier.hpp"

namespace handprint::market {

namespace {

void set_refund(State& state, Int number, TransferState to) {
    auto row = state.get<RefundRow>(number);
    row.state = static_cast<Int>(to);
    state.put(row);
}

void set_items(State& state, Int payout, const std::vector<PaidTo>& items, TransferState to) {
    for (const PaidTo& item : items) {
        auto row = state.get<PayoutItemRow>(payout, item.member);
        row.state = static_cast<Int>(to);
        state.put(row);
    }
}

} // namespace

void Applier::operator()(const Funded& e) const {
    used(e.reference);
}

void Applier::operator()(const RefundSent& e) const {
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

void Applier::operator()(const RefundSettled& e) const {
    used(e.reference, never, e.refund);
    set_refund(state, e.refund, TransferState::settled);
}

void Applier::operator()(const RefundReturned& e) const {
    used(e.reference, never, e.refund);
    set_refund(state, e.refund, TransferState::returned);
}

void Applier::operator()(const Settled& e) const {
    used(e.reference, e.payout);
    set_items(state, e.payout, e.items, TransferState::settled);
}

void Applier::operator()(const Returned& e) const {
    used(e.reference, e.payout);
    set_items(state, e.payout, e.items, TransferState::returned);
}

} // namespace handprint::market
