#pragma once

// Money: what happened to funding, refunds, shares, closes and payouts. A part of event.hpp.

#include "node/market/values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

struct Funded {
    static constexpr const char* type = "funded";
    Amount amount;
    std::string currency;
    Hash reference{};
    Int requester = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("amount", e.amount), f("currency", e.currency), f("reference", e.reference);
        f("requester", e.requester);
    }
};

struct RefundSent {
    static constexpr const char* type = "refund_sent";
    Amount amount;
    std::string currency;
    Int refund = 0, requester = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("amount", e.amount), f("currency", e.currency), f("refund", e.refund);
        f("requester", e.requester);
    }
};

struct RefundSettled {
    static constexpr const char* type = "refund_settled";
    Hash reference{};
    Int refund = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("reference", e.reference), f("refund", e.refund);
    }
};

struct RefundReturned {
    static constexpr const char* type = "refund_returned";
    Hash reference{};
    Int refund = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("reference", e.reference), f("refund", e.refund);
    }
};

struct DistributionOpened {
    static constexpr const char* type = "distribution_opened";
    Amount amount, pool;
    Int chunks = 0, count = 0, distribution = 0, project = 0;
    std::string currency, source;
    Points points;
    std::optional<Hash> reference; // of income, at the bank
    Hash root{}, seed{};           // of the rows; of the blinds of their commitments

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("amount", e.amount), f("chunks", e.chunks), f("count", e.count);
        f("currency", e.currency), f("distribution", e.distribution), f("points", e.points);
        f("pool", e.pool), f("project", e.project), f("reference", e.reference);
        f("root", e.root), f("seed", e.seed), f("source", e.source);
    }
};

struct DistributionChunked {
    static constexpr const char* type = "distribution_chunk";
    Int chunk = 0, distribution = 0;
    std::vector<ShareOf> rows;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("chunk", e.chunk), f("distribution", e.distribution), f("rows", e.rows);
    }
};

struct DistributionSealed {
    static constexpr const char* type = "distribution_sealed";
    Hash blinds{}; // sum
    Int count = 0, distribution = 0, listed = 0, opened = never;
    std::string currency;
    Amount pool;
    Hash root{}; // of the list of commitments

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("blinds", e.blinds), f("count", e.count), f("currency", e.currency);
        f("distribution", e.distribution), f("listed", e.listed), f("opened", e.opened);
        f("pool", e.pool), f("root", e.root);
    }
};

struct PeriodClosed {
    static constexpr const char* type = "period_closed";
    Int count = 0, period = 0, previous = never;
    std::vector<std::string> delegates; // keys, by ordinal
    std::string promise_key;
    Hash root{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("count", e.count), f("delegates", e.delegates), f("period", e.period);
        f("previous", e.previous), f("promise_key", e.promise_key), f("root", e.root);
    }
};

struct PayoutOpened {
    static constexpr const char* type = "payout_opened";
    Int chunks = 0, count = 0, payout = 0, period = 0;
    std::string currency;
    Hash root{};
    Amount minimum, total;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("chunks", e.chunks), f("count", e.count), f("currency", e.currency);
        f("minimum", e.minimum), f("payout", e.payout), f("period", e.period), f("root", e.root),
            f("total", e.total);
    }
};

struct PayoutChunked {
    static constexpr const char* type = "payout_chunk";
    Int chunk = 0, payout = 0;
    std::vector<PaidTo> rows;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("chunk", e.chunk), f("payout", e.payout), f("rows", e.rows);
    }
};

struct PayoutSealed {
    static constexpr const char* type = "payout_sealed";
    Int payout = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("payout", e.payout);
    }
};

struct Settled {
    static constexpr const char* type = "settled";
    std::vector<PaidTo> items;
    Int payout = 0;
    Hash reference{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("items", e.items), f("payout", e.payout), f("reference", e.reference);
    }
};

struct Returned {
    static constexpr const char* type = "returned";
    std::vector<PaidTo> items;
    Int payout = 0;
    Hash reference{};

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("items", e.items), f("payout", e.payout), f("reference", e.reference);
    }
};

struct ReleaseProposed {
    static constexpr const char* type = "release_proposed";
    Int delegate = 0, from = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("delegate", e.delegate), f("from", e.from);
    }
};

/// Stands beside payout_opened.
struct ReleasedWithoutQuorum {
    static constexpr const char* type = "released_without_quorum";
    Int delegate = 0, period = 0, proposal = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("delegate", e.delegate), f("period", e.period), f("proposal", e.proposal);
    }
};

struct CheckpointRecorded {
    static constexpr const char* type = "checkpoint_recorded";
    Hash root{};
    Int size = 0;

    template <class Self, class F>
    static void fields(Self& e, F&& f) {
        f("root", e.root), f("size", e.size);
    }
};

} // namespace handprint::market
