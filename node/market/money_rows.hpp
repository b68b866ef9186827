#pragma once

// Rows of the books: accounts, distributions, closes, payouts, refunds.

#include "node/market/columns.hpp"

namespace handprint::market {

struct AccountRow {
    std::string name, currency;  // "payable/m:12", "KES"
    Int debits = 0, credits = 0; // both only ever grow

    static constexpr const char* table = "account";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("currency", r.currency), f("debits", r.debits);
        f("credits", r.credits);
    }
};

/// All accounts of a class together.
struct ClassRow {
    std::string name, currency;
    Int debits = 0, credits = 0;

    static constexpr const char* table = "class_total";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("name", r.name), f("currency", r.currency), f("debits", r.debits);
        f("credits", r.credits);
    }
};

struct DistributionRow {
    Int distribution = 0;
    Int project = 0;
    std::string currency, source; // income, surplus
    Int amount = 0, pool = 0, points = 0, count = 0, chunks = 0, chunks_done = 0;
    Int rows_done = 0, points_done = 0, paid = 0, sealed = never; // sealed: index
    Int opened = never, listed = 0; // index; whether the list of commitments is published
    Hash root{};
    std::string progress;
    Hash seed{}, blinds{};   // of the blinds; their sum so far
    std::string commitments; // progress of the list of commitments, then empty

    static constexpr const char* table = "distribution";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("distribution", r.distribution), f("project", r.project), f("currency", r.currency);
        f("source", r.source), f("amount", r.amount), f("pool", r.pool), f("points", r.points);
        f("count", r.count), f("chunks", r.chunks), f("chunks_done", r.chunks_done);
        f("rows_done", r.rows_done), f("points_done", r.points_done), f("paid", r.paid);
        f("sealed", r.sealed), f("opened", r.opened), f("listed", r.listed), f("root", r.root);
        f("progress", r.progress), f("seed", r.seed), f("blinds", r.blinds);
        f("commitments", r.commitments);
    }
};

struct PeriodRow {
    Int period = 0;
    Int index = 0, previous = never, count = 0, time = 0;
    Hash root{};

    static constexpr const char* table = "period";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("period", r.period), f("entry_index", r.index), f("previous", r.previous);
        f("count", r.count), f("time", r.time), f("root", r.root);
    }
};

struct PayoutRow {
    Int payout = 0;
    Int period = 0;
    std::string currency;
    Int minimum = 0; // the rule at the opening
    Int count = 0, total = 0, chunks = 0, chunks_done = 0, rows_done = 0, sent = 0, sealed = never;
    Hash root{};
    std::string progress;

    static constexpr const char* table = "payout";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("payout", r.payout), f("period", r.period), f("currency", r.currency);
        f("minimum", r.minimum), f("count", r.count), f("total", r.total), f("chunks", r.chunks);
        f("chunks_done", r.chunks_done), f("rows_done", r.rows_done), f("sent", r.sent);
        f("sealed", r.sealed), f("root", r.root), f("progress", r.progress);
    }
};

enum class TransferState : Int { in_transit = 1, settled = 2, returned = 3 };

struct PayoutItemRow {
    Int payout = 0, member = 0;
    Int amount = 0, state = 0; // TransferState

    static constexpr const char* table = "payout_item";
    static constexpr int keys = 2;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("payout", r.payout), f("member", r.member), f("amount", r.amount), f("state", r.state);
    }
};

struct RefundRow {
    Int refund = 0;
    Int requester = 0;
    std::string currency;
    Int amount = 0, state = 0; // TransferState

    static constexpr const char* table = "refund";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("refund", r.refund), f("requester", r.requester), f("currency", r.currency);
        f("amount", r.amount), f("state", r.state);
    }
};

/// A transfer at the bank, by the hash of its reference: money came in, or a payout or a refund was
/// carried out or came back.
struct ReferenceRow {
    std::string reference; // reference_name(): the hash, base64
    Int index = 0;         // of the entry that used it first
    Int payout = never, refund = never;

    static constexpr const char* table = "bank_reference";
    static constexpr int keys = 1;

    template <class Self, class F>
    static void fields(Self& r, F&& f) {
        f("reference", r.reference), f("entry_index", r.index), f("payout", r.payout);
        f("refund", r.refund);
    }
};

} // namespace handprint::market
