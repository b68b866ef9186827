#pragma once

// Inside node/market: what each event changes, by area as in decide(): who is who, the work,
// transfers at the bank, and the runs that pay (shares, closes, payouts).

#include "node/market/apply.hpp"

namespace handprint::market {

/// Changes the rows of one entry's events.
struct Applier {
    State& state;
    const EntryFacts& facts;

    // apply_identity.cpp
    void operator()(const GenesisDone& e) const;
    void operator()(const RuleEnacted& e) const;
    void operator()(const DelegateNamed& e) const;
    void operator()(const MemberEnrolled& e) const;
    void operator()(const KeyAdded& e) const;
    void operator()(const KeyRevoked& e) const;
    void operator()(const ReenrolmentProposed& e) const;
    void operator()(const ReenrolmentRefused& e) const;
    void operator()(const Reenrolled& e) const;
    void operator()(const RequesterRegistered& e) const;
    void operator()(const Granted& e) const;
    void operator()(const GrantRevoked& e) const;
    void operator()(const LogKeyRotated& e) const;
    void operator()(const ClockConfirmed& e) const;

    // apply_work.cpp
    void operator()(const ProjectCreated& e) const;
    void operator()(const BatchCreated& e) const;
    void operator()(const ImportOpened& e) const;
    void operator()(const ImportChunked& e) const;
    void operator()(const ImportSealed& e) const;
    void operator()(const TasksEnded& e) const;
    void operator()(const BatchPublished& e) const;
    void operator()(const BatchClosed& e) const;
    void operator()(const Submitted& e) const;
    void operator()(const Accepted& e) const;
    void operator()(const Graded&) const;
    void operator()(const SkillGranted& e) const;

    // apply_bank.cpp
    void operator()(const Funded& e) const;
    void operator()(const RefundSent& e) const;
    void operator()(const RefundSettled& e) const;
    void operator()(const RefundReturned& e) const;
    void operator()(const Settled& e) const;
    void operator()(const Returned& e) const;

    // apply_runs.cpp
    void operator()(const DistributionOpened& e) const;
    void operator()(const DistributionChunked& e) const;
    void operator()(const DistributionSealed& e) const;
    void operator()(const PeriodClosed& e) const;
    void operator()(const PayoutOpened& e) const;
    void operator()(const PayoutChunked& e) const;
    void operator()(const PayoutSealed& e) const;
    void operator()(const ReleaseProposed& e) const;
    void operator()(const ReleasedWithoutQuorum& e) const;
    void operator()(const CheckpointRecorded& e) const;

private:
    [[nodiscard]] CoopRow coop() const { return state.get<CoopRow>(1); }

    /// An account of something that begins with this entry: it cannot be open yet.
    void new_account(const std::string& name, const std::string& currency) const;
    /// A requester's own name for something.
    void
    name(Int requester, const char* kind, const Hash& hash, Int ordinal, Int task = never) const;
    /// What an agent's entry takes of the sum of its grant.
    void spend(Int amount) const;
    /// The first use of a reference at the bank stays: later ones are of the same payout or refund.
    void used(const Hash& reference, Int payout = never, Int refund = never) const;
};

} // namespace handprint::market
