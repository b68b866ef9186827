// Work on offer: projects, batches, publishing, closing.

#include "ledger/books/pricing.hpp"
#include "node/market/area.hpp"
#include "node/market/external.hpp"
#include "node/market/limits.hpp"
#include "node/market/own_terms.hpp"

namespace handprint::market::area {

namespace {

constexpr Int most_bundle = 50;

Decision not_yours(const char* field) {
    return refuse(Family::denied, "not_yours", "This belongs to another requester.", field);
}

/// A name is used once for each kind of thing.
Result<void, Refusal> check_external(const Case& c, const char* kind, const Hash& hash) {
    const auto* taken = c.state.find<ExternalRow>(external_name(c.request.actor, kind, hash));
    if (taken == nullptr) return {};
    return unexpected(external_in_use(*taken, kind, "external"));
}

struct Limit {
    const char* field;
    Int value, least, most;
};

Result<void, Refusal> check_numbers(const Case& c, const CreateBatch& b) {
    const Int now = c.context.now;
    const Limit limits[] = {
        {"accept_ms", b.accept_ms, 1000, rule(c.state, "accept_max_ms", now)},
        {"lease_ms", b.lease_ms, 1000, rule(c.state, "lease_max_ms", now)},
        {"bundle_max", b.bundle_max, 1, most_bundle},
        {"estimate_s", b.estimate_s, 1, 8 * 3600},
        {"hazard", b.hazard, 0, 3},
        {"level", b.level, 0, 5},
        {"overlap", b.overlap, 1, most_overlap},
        {"price_micros", b.price_micros, 1, most_price_micros},
    };
    for (const Limit& limit : limits) {
        if (limit.value < limit.least || limit.value > limit.most) {
            return refuse(
                Family::invalid,
                "out_of_range",
                std::to_string(limit.least) + " to " + std::to_string(limit.most) + ".",
                limit.field
            );
        }
    }
    if (b.qualifies) {
        if (b.qualifies->level < 1 || b.qualifies->level > 5 || b.qualifies->pass < 1) {
            return refuse(
                Family::invalid, "out_of_range", "Level 1 to 5, pass 1 or more.", "qualifies"
            );
        }
    }
    return {};
}

} // namespace

Result<const BatchRow*, Refusal> own_batch(const Case& c, Int batch) {
    const auto* row = c.state.find<BatchRow>(batch);
    if (row == nullptr) {
        return unexpected(Refusal{Family::conflict, "no_such_batch", "No such batch.", "batch"});
    }
    if (party('r', row->requester) != c.request.actor) {
        return unexpected(not_yours("batch").error());
    }
    if (auto ok = grant_names(c, batch); !ok) return unexpected(std::move(ok).error());
    return row;
}

Int least_price(const Case& c, const std::string& currency, Int estimate_s) {
    const std::string name = "floor_minor_per_hour/" + currency;
    if (c.state.find<RuleRow>(name) == nullptr) return 1;
    return market::least_price(rule(c.state, name.c_str(), c.context.now), currency, estimate_s);
}

Decision decide(const Case& c, const CreateProject& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const Int requester = ordinal_of(c.request.actor, 'r');
    if (requester == never)
        return refuse(Family::denied, "not_a_requester", "Requesters make projects.");
    if (auto ok = check_external(c, "project", command.external); !ok) {
        return unexpected(std::move(ok).error());
    }
    draft->events.push_back(
        ProjectCreated{command.document, command.external, c.coop().projects, requester}
    );
    return draft;
}

Decision decide(const Case& c, const CreateBatch& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto* project = c.state.find<ProjectRow>(command.project);
    if (project == nullptr) {
        return refuse(Family::conflict, "no_such_project", "No such project.", "project");
    }
    if (party('r', project->requester) != c.request.actor) return not_yours("project");
    if (auto ok = check_external(c, "batch", command.external); !ok) {
        return unexpected(std::move(ok).error());
    }
    if (!known_currency(c.coop(), command.currency)) {
        return refuse(
            Family::invalid, "unknown_currency", "Not a currency of this ledger.", "currency"
        );
    }
    if (command.domain.empty() || command.domain.size() > 64) {
        return refuse(Family::invalid, "bad_domain", "A domain is needed.", "domain");
    }
    if (!is_language(command.language)) {
        return refuse(
            Family::invalid, "bad_language", "A code of two or three letters.", "language"
        );
    }
    if (const auto ok = check_numbers(c, command); !ok) return unexpected(ok.error());
    const Int needed = least_price(c, command.currency, command.estimate_s);
    if (command.price_micros < needed) return below_floor(needed, "price_micros");
    BatchCreated event;
    static_cast<BatchTerms&>(event) = command;
    event.batch = c.coop().batches;
    event.requester = project->requester;
    draft->events.push_back(std::move(event));
    return draft;
}

Decision decide(const Case& c, const Publish& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto found = own_batch(c, command.batch);
    if (!found) return unexpected(found.error());
    const BatchRow& batch = **found;
    if (batch.state != static_cast<Int>(BatchState::sealed)) {
        return refuse(
            Family::conflict,
            "not_ready",
            batch.state > static_cast<Int>(BatchState::sealed)
                ? "The batch was published or closed before."
                : "The batch has no tasks yet.",
            "batch"
        );
    }
    const auto currency = Currency::parse(batch.currency);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    const Int fee_bps = rule(c.state, "fee_bps", c.context.now);
    const auto hold = books::quote(labour_of(batch), fee_bps, *currency);
    if (!hold || hold->total > most_amount) {
        return refuse(
            Family::invalid,
            "too_large",
            "A batch costs at most " + std::to_string(most_amount) + " minor units, fee included.",
            "batch"
        );
    }
    const std::string escrow = account("escrow", c.request.actor);
    const Int available = -balance(c.state, escrow, batch.currency);
    const Int total = hold->total;
    if (available < total) {
        return refuse(
            Family::later,
            "not_covered",
            "The escrow holds " + std::to_string(available) + " and the batch needs "
                + std::to_string(total) + " minor units of " + batch.currency + ".",
            "batch"
        );
    }
    if (const auto ok = within_cap(c, total, batch.currency); !ok) return unexpected(ok.error());
    post(*draft, escrow, batch.currency, total);
    post(*draft, account("hold", party('b', batch.batch)), batch.currency, -total);
    draft->events.push_back(BatchPublished{batch.batch, fee_bps, Amount{total}});
    return draft;
}

Decision decide(const Case& c, const CloseBatch& command) {
    auto draft = begin(c);
    if (!draft) return draft;
    const auto found = own_batch(c, command.batch);
    if (!found) return unexpected(found.error());
    const BatchRow& batch = **found;
    if (batch.state < static_cast<Int>(BatchState::open)) {
        // Given up: nothing is held for it. If tasks were on their way, another import may begin.
        draft->events.push_back(BatchClosed{batch.batch, Amount{}});
        return draft;
    }
    if (batch.state != static_cast<Int>(BatchState::open)) {
        return refuse(Family::conflict, "not_open", "The batch is not open.", "batch");
    }
    if (batch.submitted != batch.accepted) {
        return refuse(
            Family::later, "undecided_work", "Submitted work waits for a decision.", "batch"
        );
    }
    if (c.context.claims != nullptr && c.context.claims->any(batch.batch, c.context.now)) {
        return refuse(Family::later, "work_in_hand", "Members hold claims in this batch.", "batch");
    }
    const std::string hold = account("hold", party('b', batch.batch));
    const Int left = -balance(c.state, hold, batch.currency);
    post(*draft, hold, batch.currency, left);
    post(*draft, account("escrow", c.request.actor), batch.currency, -left);
    draft->events.push_back(BatchClosed{batch.batch, Amount{left}});
    return draft;
}

} // namespace handprint::market::area
