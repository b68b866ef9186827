// The bank's side of the books: what came in, refunds, what was carried out and what came back.

#include "node/market/area.hpp"
#include "node/market/limits.hpp"
#include "node/market/manifest.hpp"
#include "node/market/reference.hpp"

namespace handprint::market::area {

Result<void, Refusal> check_amount(const Case& c, Amount amount, const std::string& currency) {
    if (!known_currency(c.coop(), currency)) {
        return refuse(
            Family::invalid, "unknown_currency", "Not a currency of this ledger.", "currency"
        );
    }
    if (amount.minor < 1 || amount.minor > most_amount) {
        return refuse(
            Family::invalid,
            "bad_amount",
            "An amount is 1 to " + std::to_string(most_amount) + " minor units.",
            "amount"
        );
    }
    return {};
}

Result<void, Refusal>
check_reference(const Case& c, const Hash& reference, Int payout, Int refund) {
    if (reference == Hash{}) {
        return refuse(
            Family::invalid,
            "bad_reference",
            "The salted hash of the reference at the bank, not zeros.",
            "reference"
        );
    }
    const auto* before = c.state.find<ReferenceRow>(reference_name(reference));
    if (before == nullptr || comes_again(*before, payout, refund)) return {};
    return unexpected(reference_used(*before));
}

Decision decide(const Case& c, const Fund& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (const auto ok = check_amount(c, command.amount, command.currency); !ok) {
        return unexpected(ok.error());
    }
    if (c.state.find<RequesterRow>(command.requester) == nullptr) {
        return refuse(Family::conflict, "no_such_requester", "No such requester.", "requester");
    }
    if (const auto ok = check_reference(c, command.reference); !ok) {
        return unexpected(ok.error());
    }
    post(*draft, "bank/main", command.currency, command.amount.minor);
    post(
        *draft,
        account("escrow", party('r', command.requester)),
        command.currency,
        -command.amount.minor
    );
    draft->events.push_back(
        Funded{command.amount, command.currency, command.reference, command.requester}
    );
    return draft;
}

Decision decide(const Case& c, const Refund& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const Int requester = ordinal_of(c.request.actor, 'r');
    if (requester == never)
        return refuse(Family::denied, "not_a_requester", "Requesters have escrow.");
    if (const auto ok = check_amount(c, command.amount, command.currency); !ok) {
        return unexpected(ok.error());
    }
    const std::string escrow = account("escrow", c.request.actor);
    if (-balance(c.state, escrow, command.currency) < command.amount.minor) {
        return refuse(Family::later, "not_covered", "The escrow holds less than that.", "amount");
    }
    if (const auto ok = within_cap(c, command.amount.minor, command.currency); !ok) {
        return unexpected(ok.error());
    }
    const Int number = c.coop().refunds;
    post(*draft, escrow, command.currency, command.amount.minor);
    post(
        *draft,
        account("in_transit", "refund:" + std::to_string(number)),
        command.currency,
        -command.amount.minor
    );
    draft->events.push_back(RefundSent{command.amount, command.currency, number, requester});
    return draft;
}

namespace {

/// Checks the items of a settlement or return and posts them; `what` is settled or returned.
template <class Command>
Decision conclude(const Case& c, const Command& command, bool settled) {
    auto draft = begin(c);
    if (!draft) return draft;
    if (const auto ok = delegate_only(c); !ok) return unexpected(ok.error());
    if (command.refund.has_value() == command.payout.has_value()
        || command.payout.has_value() != command.items.has_value()) {
        return refuse(Family::invalid, "one_of", "Either payout with items, or refund.", "payout");
    }
    if (const auto ok = check_reference(
            c, command.reference, command.payout.value_or(never), command.refund.value_or(never)
        );
        !ok) {
        return unexpected(ok.error());
    }
    const char* what = settled ? "settled" : "returned";
    if (command.refund) {
        const auto* refund = c.state.find<RefundRow>(*command.refund);
        if (refund == nullptr || refund->state != static_cast<Int>(TransferState::in_transit)) {
            return refuse(
                Family::conflict, "not_in_transit", "No such refund is under way.", "refund"
            );
        }
        const std::string from = account("in_transit", "refund:" + std::to_string(refund->refund));
        const std::string to =
            settled ? "bank/main" : account("escrow", party('r', refund->requester));
        post(*draft, from, refund->currency, refund->amount);
        post(*draft, to, refund->currency, -refund->amount);
        if (settled) {
            draft->events.push_back(RefundSettled{command.reference, refund->refund});
        } else {
            draft->events.push_back(RefundReturned{command.reference, refund->refund});
        }
        return draft;
    }
    const auto* run = c.state.find<PayoutRow>(*command.payout);
    if (run == nullptr || run->sealed == never) {
        return refuse(Family::conflict, "not_sealed", "No such sealed payout.", "payout");
    }
    if (command.items->empty() || std::cmp_greater(command.items->size(), chunk_rows)) {
        return refuse(Family::invalid, "item_count", "1 to 100 members.", "items");
    }
    std::vector<PaidTo> items;
    Int before = never;
    for (const Int member : *command.items) {
        const auto* item = c.state.find<PayoutItemRow>(run->payout, member);
        if (member <= before || item == nullptr
            || item->state != static_cast<Int>(TransferState::in_transit)) {
            return refuse(
                Family::conflict, "not_in_transit", "Not under way, or out of order.", "items"
            );
        }
        before = member;
        const std::string owner = party('m', member);
        post(*draft, account("in_transit", owner), run->currency, item->amount);
        post(
            *draft, settled ? "bank/main" : account("payable", owner), run->currency, -item->amount
        );
        auto& part = member_part(*draft, member);
        Line out{"in_transit", run->currency, what, -item->amount};
        out.payout = run->payout;
        part.lines.push_back(std::move(out));
        if (!settled) {
            Line back{"payable", run->currency, what, item->amount};
            back.payout = run->payout;
            part.lines.push_back(std::move(back));
        }
        items.push_back({member, Amount{item->amount}});
    }
    if (settled) {
        draft->events.push_back(Settled{std::move(items), run->payout, command.reference});
    } else {
        draft->events.push_back(Returned{std::move(items), run->payout, command.reference});
    }
    return draft;
}

} // namespace

Decision decide(const Case& c, const Settle& command) {
    return conclude(c, command, true);
}

Decision decide(const Case& c, const Return& command) {
    return conclude(c, command, false);
}

} // namespace handprint::market::area
