#include "node/routes/row_terms.hpp"

#include "node/market/area.hpp"
#include "node/market/own_terms.hpp"
#include "node/routes/node.hpp"

#include <set>
#include <utility>

namespace handprint::routes {

namespace {

using market::Family;
using market::Refusal;

Refusal refuse(const char* code, std::string detail, std::string field) {
    return {Family::invalid, code, std::move(detail), std::move(field)};
}

class Looker {
public:
    Looker(Node& node, const market::BatchRow& batch)
        : batch_(batch), now_(node.clock()), least_(least_price(node)) {}

    std::optional<Refusal> look(const api::ImportedTask& task) {
        const auto& own = task.own;
        if (batch_.qualifies_level != 0) {
            return refuse(
                "bad_override", "The tasks of a test have the terms of the test.", row(task)
            );
        }
        if (own.price_micros != 0 && own.price_micros < least_) {
            const auto field = row(task, "price_micros");
            return market::area::below_floor(least_, field.c_str()).error;
        }
        if (own.price_micros > market::most_price_micros) {
            return refuse("out_of_range", "At most 10^12 micros.", row(task, "price_micros"));
        }
        if (own.overlap > market::most_overlap) {
            return refuse("out_of_range", "1 to 10,000 answers.", row(task, "overlap"));
        }
        if (own.expires != 0 && (own.expires <= now_ || own.expires > market::latest_expiry)) {
            return refuse(
                "out_of_range",
                "Milliseconds since 1970, a time that is yet to come.",
                row(task, "expires_at")
            );
        }
        lots_.insert({own.price_micros, own.expires});
        if (lots_.size() > most_lots) {
            return refuse(
                "bad_override",
                "At most 1,000 different pairs of price and time in one batch: round them.",
                row(task)
            );
        }
        return std::nullopt;
    }

private:
    /// Tasks of the same price and time are offered together; each such lot is a line to look at.
    static constexpr std::size_t most_lots = 1'000;

    static std::string row(const api::ImportedTask& task, std::string_view field = {}) {
        return api::row_field(task.line, field);
    }

    /// Also by a floor that is announced: it may be in force before the import is opened.
    Int least_price(Node& node) const {
        const auto rule =
            routes::row<market::RuleRow>(node, "floor_minor_per_hour/" + batch_.currency);
        if (!rule) return 1;
        Int floor = rule->value;
        if (rule->next_from != market::never) {
            const bool in_force = rule->next_from <= now_;
            floor = in_force ? rule->next_value : std::max(floor, rule->next_value);
        }
        return market::least_price(floor, batch_.currency, batch_.estimate_s);
    }

    const market::BatchRow& batch_;
    const Int now_, least_;
    std::set<std::pair<Int, Int>> lots_;
};

} // namespace

std::optional<Refusal>
unfit_terms(Node& node, const market::BatchRow& batch, std::span<const api::ImportedTask> tasks) {
    Looker looker(node, batch);
    std::vector<market::OwnTerms> own;
    for (const auto& task : tasks) {
        if (!task.own.any()) continue;
        if (auto fault = looker.look(task)) return fault;
        own.push_back(task.own);
    }
    if (market::with_tasks(batch, market::labour_of(batch), std::ssize(tasks), own)) {
        return std::nullopt;
    }
    return refuse("too_large", "The total of all prices is too large.", "price_micros");
}

} // namespace handprint::routes
