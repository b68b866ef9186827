// Money that is shared out: distributions, the close of a period, payouts.

#include "ledger/base/money.hpp"
#include "ledger/books/split.hpp"
#include "node/market/area.hpp"
#include "node/market/lists.hpp"
#include "node/market/manifest.hpp"
#include "node/market/progress.hpp"

namespace handprint::market::area {

namespace {

Int chunks_for(Int rows) {
    return (rows + chunk_rows - 1) / chunk_rows;
}

std::string distribution_account(Int distribution) {
    return account("suspense", "share:" + std::to_string(distribution));
}

/// Opens a run that shares `pool` out by credit points; the amounts are those of split().
Result<void, Refusal> open_shares(
    const Case& c,
    Draft& draft,
    Int project_number,
    Amount amount,
    Amount pool,
    const std::string& currency,
    const std::optional<Hash>& reference
) {
    const auto* project = c.state.find<ProjectRow>(project_number);
    if (project == nullptr) {
        return refuse(Family::conflict, "no_such_project", "No such project.", "project");
    }
    if (project->points == 0) {
        return refuse(
            Family::conflict, "no_contributors", "Nobody has credit points here yet.", "project"
        );
    }
    const auto& rows = c.request.prepared.shares;
    Int points = 0;
    Int paid = 0;
    std::string progress;
    for (const ShareOf& row : rows) {
        points += row.points.value;
        paid += row.amount.minor;
        progress = progress_add(progress, as_bytes(manifest_row(row)));
    }
    if (points != project->points || std::cmp_not_equal(rows.size(), project->contributors)) {
        return refuse(
            Family::later, "stale_shares", "Credit points have changed meanwhile; try again."
        );
    }
    HP_CHECK(paid == pool.minor, "shares add up to the pool");
    DistributionOpened event;
    event.amount = amount;
    event.pool = pool;
    event.count = static_cast<Int>(rows.size());
    event.chunks = chunks_for(event.count);
    event.distribution = c.coop().distributions;
    event.project = project_number;
    event.currency = currency;
    event.reference = reference;
    event.source = reference ? "income" : "surplus";
    event.points = Points{points};
    event.root = progress_root(progress);
    event.seed = c.request.prepared.seed;
    post(draft, distribution_account(event.distribution), currency, -pool.minor);
    draft.events.push_back(std::move(event));
    return {};
}

/// A change of how licence fees are divided is of two rules at least. None is divided in between.
Result<void, Refusal> royalty_is_whole(const Case& c) {
    Int sum = 0;
    for (const RuleValue& known : default_rules()) {
        if (known.name.starts_with("royalty_"))
            sum += rule(c.state, known.name.c_str(), c.context.now);
    }
    if (sum == 10'000) return {};
    return refuse(
        Family::later,
        "royalty_not_whole",
        "The rules of how a licence fee is divided add up to " + std::to_string(sum)
            + " basis points and not to 10,000."
    );
}

Amount bps_of(Amount amount, Int bps) {
    const auto part = mul_div(amount.minor, bps, 10'000, Round::down);
    HP_CHECK(part.has_value(), "a part is smaller than the whole");
    return Amount{*part};
}

} // namespace

Decision decide(const Case& c, const Income& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (const auto ok = check_amount(c, command.amount, command.currency); !ok) {
        return unexpected(ok.error());
    }
    if (const auto ok = check_reference(c, command.reference); !ok) {
        return unexpected(ok.error());
    }
    if (const auto ok = no_run_open(c); !ok) return unexpected(ok.error());
    const RoyaltyParts parts = royalty_parts(c.state, command.amount, c.context.now);
    if (const auto ok = royalty_is_whole(c); !ok) return unexpected(ok.error());
    if (parts.contributors.minor == 0) {
        return refuse(Family::invalid, "too_small", "Nothing is left to share out.", "amount");
    }
    post(*draft, "bank/main", command.currency, command.amount.minor);
    post(*draft, "fee/coop", command.currency, -parts.operations.minor);
    post(*draft, "equity/transition", command.currency, -parts.transition.minor);
    post(*draft, "reserve/coop", command.currency, -parts.reserve.minor);
    const auto opened = open_shares(
        c,
        *draft,
        command.project,
        command.amount,
        parts.contributors,
        command.currency,
        command.reference
    );
    if (!opened) return unexpected(opened.error());
    return draft;
}

Decision decide(const Case& c, const Surplus& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (const auto ok = check_amount(c, command.amount, command.currency); !ok) {
        return unexpected(ok.error());
    }
    if (const auto ok = no_run_open(c); !ok) return unexpected(ok.error());
    if (-balance(c.state, "fee/coop", command.currency) < command.amount.minor) {
        return refuse(
            Family::later, "not_covered", "The fee account holds less than that.", "amount"
        );
    }
    post(*draft, "fee/coop", command.currency, command.amount.minor);
    const auto opened = open_shares(
        c, *draft, command.project, command.amount, command.amount, command.currency, std::nullopt
    );
    if (!opened) return unexpected(opened.error());
    return draft;
}

Decision decide(const Case& c, const DistributionChunk& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* run = c.state.find<DistributionRow>(command.distribution);
    if (run == nullptr || c.coop().open_distribution != command.distribution
        || command.chunk != run->chunks_done || command.chunk >= run->chunks) {
        return refuse(Family::conflict, "out_of_order", "Not the next chunk of the run.", "chunk");
    }
    if (command.rows.empty() || std::cmp_greater(command.rows.size(), chunk_rows)) {
        return refuse(Family::invalid, "item_count", "1 to 100 rows.", "rows");
    }
    Int before = never;
    Int position = run->rows_done;
    for (const ShareOf& row : command.rows) {
        const auto* credit = c.state.find<CreditRow>(run->project, row.member);
        if (row.member <= before || credit == nullptr || credit->points != row.points.value
            || row.amount.minor < 0) {
            return refuse(
                Family::invalid, "row_differs", "A row is not that of the ledger.", "rows"
            );
        }
        before = row.member;
        post(*draft, distribution_account(run->distribution), run->currency, row.amount.minor);
        post(*draft, account("payable", party('m', row.member)), run->currency, -row.amount.minor);
        Line line{"payable", run->currency, "share", row.amount.minor};
        line.distribution = run->distribution;
        line.position = position;
        line.blind = share_opening(run->distribution, run->seed, position, row).blind.bytes;
        ++position;
        member_part(*draft, row.member).lines.push_back(std::move(line));
    }
    draft->events.push_back(DistributionChunked{command.chunk, command.distribution, command.rows});
    return draft;
}

Decision decide(const Case& c, const DistributionSeal& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* run = c.state.find<DistributionRow>(command.distribution);
    if (run == nullptr || c.coop().open_distribution != command.distribution
        || run->chunks_done != run->chunks || run->rows_done != run->count
        || run->points_done != run->points || run->paid != run->pool) {
        return refuse(Family::conflict, "incomplete", "Chunks are missing.", "distribution");
    }
    if (progress_root(run->progress) != run->root) {
        return refuse(
            Family::invalid,
            "root_differs",
            "The rows are not those of the opening.",
            "distribution"
        );
    }
    const bool open = rule(c.state, "open_books", c.context.now) != 0;
    DistributionSealed event;
    event.blinds = run->blinds;
    event.count = run->count;
    event.distribution = run->distribution;
    event.listed = open || std::cmp_greater_equal(run->count, record::kLeastListed) ? 1 : 0;
    event.opened = run->opened;
    event.currency = run->currency;
    event.pool = Amount{run->pool};
    event.root = progress_root(run->commitments);
    draft->events.push_back(std::move(event));
    return draft;
}

Decision decide(const Case& c, const ClosePeriod&) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (c.request.actor != "clock") {
        if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    }
    if (const auto ok = no_run_open(c); !ok) return unexpected(ok.error());
    if (c.request.prepared.count != c.coop().members) {
        return refuse(Family::later, "stale_list", "Members have joined meanwhile; try again.");
    }
    draft->events.push_back(PeriodClosed{
        c.request.prepared.count,
        c.coop().periods + 1,
        c.coop().last_close,
        split_words(c.coop().delegate_keys),
        c.coop().promise_key,
        c.request.prepared.root
    });
    return draft;
}

Result<void, Refusal> may_pay_out(const Case& c, const std::string& currency) {
    const CoopRow& coop = c.coop();
    if (!known_currency(coop, currency)) {
        return refuse(
            Family::invalid, "unknown_currency", "Not a currency of this ledger.", "currency"
        );
    }
    if (auto ok = no_run_open(c); !ok) return ok;
    if (coop.periods == 0) {
        return refuse(Family::later, "no_close", "Close a period first.");
    }
    if (c.state.find<ExternalRow>(payout_name(coop.periods, currency)) != nullptr) {
        return refuse(
            Family::done, "already_paid_out", "This period was paid out in this currency."
        );
    }
    return {};
}

Result<void, Refusal> open_payout(const Case& c, Draft& draft, const std::string& currency) {
    const CoopRow& coop = c.coop();
    const auto& rows = c.request.prepared.payees;
    if (rows.empty()) return refuse(Family::later, "nothing_payable", "Nobody is owed anything.");
    PayoutOpened event;
    std::string progress;
    for (const PaidTo& row : rows) {
        event.total.minor += row.amount.minor;
        progress = progress_add(progress, as_bytes(manifest_row(row)));
    }
    event.minimum = Amount{rule(c.state, "payout_minimum_minor", c.context.now)};
    event.count = static_cast<Int>(rows.size());
    event.chunks = chunks_for(event.count);
    event.payout = coop.payouts;
    event.period = coop.periods;
    event.currency = currency;
    event.root = progress_root(progress);
    draft.events.push_back(std::move(event));
    return {};
}

Decision decide(const Case& c, const Payout& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (const auto ok = may_pay_out(c, command.currency); !ok) return unexpected(ok.error());
    const auto checkpoint = verify_cover(c.coop(), command.checkpoint, c.context.now);
    if (!checkpoint) return unexpected(checkpoint.error());
    if (const auto ok = open_payout(c, *draft, command.currency); !ok) {
        return unexpected(ok.error());
    }
    return draft;
}

Decision decide(const Case& c, const PayoutChunk& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* run = c.state.find<PayoutRow>(command.payout);
    if (run == nullptr || c.coop().open_payout != command.payout
        || command.chunk != run->chunks_done || command.chunk >= run->chunks) {
        return refuse(Family::conflict, "out_of_order", "Not the next chunk of the run.", "chunk");
    }
    if (command.rows.empty() || std::cmp_greater(command.rows.size(), chunk_rows)) {
        return refuse(Family::invalid, "item_count", "1 to 100 rows.", "rows");
    }
    Int before = never;
    for (const PaidTo& row : command.rows) {
        const std::string owner = party('m', row.member);
        const std::string payable = account("payable", owner);
        if (row.member <= before || row.amount.minor < 1
            || -balance(c.state, payable, run->currency) < row.amount.minor) {
            return refuse(Family::invalid, "row_differs", "A row is not covered.", "rows");
        }
        before = row.member;
        post(*draft, payable, run->currency, row.amount.minor);
        post(*draft, account("in_transit", owner), run->currency, -row.amount.minor);
        auto& part = member_part(*draft, row.member);
        Line out{"payable", run->currency, "payout", -row.amount.minor};
        out.payout = run->payout;
        Line in{"in_transit", run->currency, "payout", row.amount.minor};
        in.payout = run->payout;
        part.lines.push_back(std::move(out));
        part.lines.push_back(std::move(in));
    }
    draft->events.push_back(PayoutChunked{command.chunk, command.payout, command.rows});
    return draft;
}

Decision decide(const Case& c, const PayoutSeal& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* run = c.state.find<PayoutRow>(command.payout);
    if (run == nullptr || c.coop().open_payout != command.payout || run->chunks_done != run->chunks
        || run->rows_done != run->count || run->sent != run->total) {
        return refuse(Family::conflict, "incomplete", "Chunks are missing.", "payout");
    }
    if (progress_root(run->progress) != run->root) {
        return refuse(
            Family::invalid, "root_differs", "The rows are not those of the opening.", "payout"
        );
    }
    draft->events.push_back(PayoutSealed{command.payout});
    return draft;
}

} // namespace handprint::market::area

namespace handprint::market {

const std::string* payout_currency(const Command& command) {
    if (const auto* payout = std::get_if<Payout>(&command)) return &payout->currency;
    if (const auto* release = std::get_if<ReleasePayout>(&command)) return &release->currency;
    return nullptr;
}

std::string payout_name(Int period, const std::string& currency) {
    return "payout/" + std::to_string(period) + '/' + currency;
}

RoyaltyParts royalty_parts(const State& state, Amount amount, Int now) {
    RoyaltyParts parts;
    parts.operations = area::bps_of(amount, rule(state, "royalty_operations_bps", now));
    parts.transition = area::bps_of(amount, rule(state, "royalty_transition_bps", now));
    parts.reserve = area::bps_of(amount, rule(state, "royalty_reserve_bps", now));
    // What rounding leaves goes to the contributors.
    parts.contributors.minor =
        amount.minor - parts.operations.minor - parts.transition.minor - parts.reserve.minor;
    return parts;
}

std::vector<ShareOf> prepare_shares(const std::vector<CreditRow>& credits, Amount pool) {
    std::vector<books::Share> weights;
    weights.reserve(credits.size());
    for (const CreditRow& row : credits) {
        weights.push_back(
            {static_cast<std::uint64_t>(row.member), static_cast<std::uint64_t>(row.points)}
        );
    }
    const auto amounts = books::split(pool.minor, weights);
    std::vector<ShareOf> rows;
    if (!amounts) return rows;
    for (std::size_t i = 0; i < credits.size(); ++i) {
        rows.push_back({credits[i].member, Points{credits[i].points}, Amount{(*amounts)[i]}});
    }
    return rows;
}

} // namespace handprint::market
