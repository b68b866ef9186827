#include "node/routes/row_terms.hpp"

#include "node/market/own_terms.hpp"

#include <algorithm>

namespace handprint::routes {

namespace {

using market::Family;
using market::Refusal;

Refusal refuse(const char* code, std::string detail, std::string field) {
    return {Family::invalid, code, std::move(detail), std::move(field)};
}

/// Tasks of the same price and time are offered together; each such lot is a line to look at.
constexpr std::size_t most_lots = 1'000;

/// Also by a floor that is announced: it may be in force before the import is opened.
Int least_allowed(Node& node, const market::BatchRow& batch, Int now) {
    const auto rule = row<market::RuleRow>(node, "floor_minor_per_hour/" + batch.currency);
    if (!rule) return 1;
    Int floor = rule->value;
    if (rule->next_from != market::never) {
        const bool in_force = rule->next_from <= now;
        floor = in_force ? rule->next_value : std::max(floor, rule->next_value);
    }
    return market::least_price(floor, batch.currency, batch.estimate_s);
}

} // namespace

OwnTermsCheck::OwnTermsCheck(Node& node, const market::BatchRow& batch)
    : batch_(batch),
      now_(node.clock()),
      least_(least_allowed(node, batch, now_)),
      labour_(market::labour_of(batch)) {}

std::optional<Refusal> OwnTermsCheck::look(const api::ImportedTask& task) {
    const auto& own = task.own;
    if (!own.any()) return std::nullopt;
    const auto at = [&](std::string_view field) { return api::row_field(task.line, field); };
    if (batch_.qualifies_level != 0) {
        return refuse("bad_override", "The tasks of a test have the terms of the test.", at({}));
    }
    if (own.price_micros != 0 && own.price_micros < least_) {
        return market::below_floor(least_, at("price_micros").c_str()).error;
    }
    if (own.price_micros > market::most_price_micros) {
        return refuse("out_of_range", "At most 10^12 micros.", at("price_micros"));
    }
    if (own.overlap > market::most_overlap) {
        return refuse("out_of_range", "1 to 10,000 answers.", at("overlap"));
    }
    if (own.expires != 0 && (own.expires <= now_ || own.expires > market::latest_expiry)) {
        return refuse(
            "out_of_range", "Milliseconds since 1970, a time that is yet to come.", at("expires_at")
        );
    }
    lots_.insert({own.price_micros, own.expires});
    if (lots_.size() > most_lots) {
        return refuse(
            "bad_override",
            "At most 1,000 different pairs of price and time in one batch: round them.",
            at({})
        );
    }
    if (labour_) labour_ = market::with_tasks(batch_, *labour_, 1, {own});
    ++own_;
    return std::nullopt;
}

std::optional<Refusal> OwnTermsCheck::look_at_sum(Int rows) const {
    if (labour_ && market::with_tasks(batch_, *labour_, rows - own_, {})) return std::nullopt;
    return refuse("too_large", "The total of all prices is too large.", "price_micros");
}

} // namespace handprint::routes
