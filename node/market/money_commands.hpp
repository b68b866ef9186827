#pragma once

// Money: what can be asked about funding, refunds, shares, closes and payouts. A part of
// command.hpp.

#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

struct Fund {
    static constexpr const char* kind = "fund";
    Amount amount;
    std::string currency;
    Hash reference{}; // reference_hash() of what stands on the bank's paper
    Int requester = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("amount", c.amount), f("currency", c.currency), f("reference", c.reference);
        f("requester", c.requester);
    }
};

struct Refund {
    static constexpr const char* kind = "refund";
    Amount amount;
    std::string currency;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("amount", c.amount), f("currency", c.currency);
    }
};

/// A licence fee that came in for finished work, or a surplus of the cooperative, to be shared out.
struct Income {
    static constexpr const char* kind = "income";
    Amount amount;
    std::string currency;
    Int project = 0;
    Hash reference{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("amount", c.amount), f("currency", c.currency), f("project", c.project);
        f("reference", c.reference);
    }
};

struct Surplus {
    static constexpr const char* kind = "surplus";
    Amount amount;
    std::string currency;
    Int project = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("amount", c.amount), f("currency", c.currency), f("project", c.project);
    }
};

/// `count` positions under `root`; the node makes the list and the audit makes it again.
struct ClosePeriod {
    static constexpr const char* kind = "close_period";

    template <class Self, class F>
    static void fields(Self&, F&&) {}
};

struct Payout {
    static constexpr const char* kind = "payout";
    std::string checkpoint, currency;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("checkpoint", c.checkpoint), f("currency", c.currency);
    }
};

/// Two delegates may pay out without a quorum of witnesses: one proposes it, and when the quorum
/// has failed for as long as the rule says, another releases the payout.
struct ProposeRelease {
    static constexpr const char* kind = "propose_release";

    template <class Self, class F>
    static void fields(Self&, F&&) {}
};

struct ReleasePayout {
    static constexpr const char* kind = "release_without_quorum";
    std::string currency;
    Int period = 0, proposal = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("currency", c.currency), f("period", c.period), f("proposal", c.proposal);
    }
};

/// A cosigned checkpoint set into the ledger: the quorum is there, and what was released without it
/// is in the tree that it cosigned.
struct RecordCheckpoint {
    static constexpr const char* kind = "record_checkpoint";
    std::string checkpoint;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("checkpoint", c.checkpoint);
    }
};

/// The bank carried a payment out. Either members of a payout, or one refund.
struct Settle {
    static constexpr const char* kind = "settle";
    std::optional<std::vector<Int>> items;
    std::optional<Int> payout, refund;
    Hash reference{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("items", c.items), f("payout", c.payout), f("reference", c.reference);
        f("refund", c.refund);
    }
};

struct Return {
    static constexpr const char* kind = "return";
    std::optional<std::vector<Int>> items;
    std::optional<Int> payout, refund;
    Hash reference{};

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("items", c.items), f("payout", c.payout), f("reference", c.reference);
        f("refund", c.refund);
    }
};

// The steps of runs, signed by the clock key.

struct DistributionChunk {
    static constexpr const char* kind = "distribution_chunk";
    Int chunk = 0, distribution = 0;
    std::vector<ShareOf> rows;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("chunk", c.chunk), f("distribution", c.distribution), f("rows", c.rows);
    }
};

struct DistributionSeal {
    static constexpr const char* kind = "distribution_seal";
    Int distribution = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("distribution", c.distribution);
    }
};

struct PayoutChunk {
    static constexpr const char* kind = "payout_chunk";
    Int chunk = 0, payout = 0;
    std::vector<PaidTo> rows;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("chunk", c.chunk), f("payout", c.payout), f("rows", c.rows);
    }
};

struct PayoutSeal {
    static constexpr const char* kind = "payout_seal";
    Int payout = 0;

    template <class Self, class F>
    static void fields(Self& c, F&& f) {
        f("payout", c.payout);
    }
};

} // namespace handprint::market
