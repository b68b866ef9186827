#include "node/market/own_terms.hpp"

#include "ledger/base/check.hpp"

#include <algorithm>
#include <limits>

namespace handprint::market {

namespace {

Currency known(const std::string& name) {
    const auto currency = Currency::parse(name);
    HP_CHECK(currency.has_value(), "a batch has a known currency");
    return *currency;
}

/// 2505000 is "2.505", 2500000 is "2.50".
std::string in_major(Int micros) {
    std::string digits = std::to_string(micros);
    if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
    digits.insert(digits.size() - 6, 1, '.');
    for (int kept = 6; kept > 2 && digits.ends_with('0'); --kept)
        digits.pop_back();
    return digits;
}

} // namespace

TaskTerms terms_of(const BatchRow& batch, const TaskRow* task) {
    TaskTerms terms{batch.price_micros, batch.overlap, never};
    if (task == nullptr) return terms;
    if (task->price_micros != 0) terms.price_micros = task->price_micros;
    if (task->overlap != 0) terms.overlap = task->overlap;
    if (task->expires != 0) terms.expires = task->expires;
    return terms;
}

Int least_price(Int floor_minor, const std::string& currency, Int estimate_s) {
    const Int per_minor = books::micros_per_minor(known(currency));
    const auto needed = mul_div(floor_minor * per_minor, estimate_s, 3600, Round::up);
    return needed ? std::max(*needed, Int{1}) : std::numeric_limits<Int>::max();
}

Unexpected<Refusal> below_floor(Int needed, const char* field) {
    return unexpected(Refusal{
        Family::invalid,
        "below_floor",
        "The price is below the hourly floor; at this estimate it must be at least "
            + in_major(needed) + " (" + std::to_string(needed) + " micros).",
        field
    });
}

Int last_lease_end(const BatchRow& batch, Int expires) {
    return expires + batch.lease_ms;
}

bool has_rest(const BatchRow& batch, const TaskRow& task) {
    return task.expires != 0 && task.ended == 0 && task.submitted < terms_of(batch, &task).overlap;
}

books::Labour labour_of(const BatchRow& batch) {
    return {batch.slots, batch.labour_micros, batch.uneven_slots};
}

void set_labour(BatchRow& batch, const books::Labour& labour) {
    batch.slots = labour.slots;
    batch.labour_micros = labour.micros;
    batch.uneven_slots = labour.uneven;
}

std::optional<books::Labour> with_tasks(
    const BatchRow& batch, const books::Labour& labour, Int count, const std::vector<OwnTerms>& own
) {
    const Currency currency = known(batch.currency);
    const Int plain = count - static_cast<Int>(own.size());
    auto sum = books::add_slots(labour, batch.price_micros, plain * batch.overlap, currency);
    for (const OwnTerms& task : own) {
        if (!sum) return std::nullopt;
        const Int price = task.price_micros != 0 ? task.price_micros : batch.price_micros;
        const Int overlap = task.overlap != 0 ? task.overlap : batch.overlap;
        sum = books::add_slots(*sum, price, overlap, currency);
    }
    if (!sum) return std::nullopt;
    return *sum;
}

std::optional<books::Labour>
without_rest(const BatchRow& batch, const books::Labour& labour, const TaskRow& task) {
    const TaskTerms terms = terms_of(batch, &task);
    const auto rest = books::add_slots(
        labour, terms.price_micros, task.submitted - terms.overlap, known(batch.currency)
    );
    if (!rest) return std::nullopt;
    return *rest;
}

} // namespace handprint::market
