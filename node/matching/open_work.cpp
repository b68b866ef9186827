#include "node/matching/open_work.hpp"

#include "node/market/claims.hpp"
#include "node/market/lists.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace handprint::matching {

namespace {

constexpr std::string_view floor_prefix = "floor_minor_per_hour/";

} // namespace

OpenWork::OpenWork(Taxonomy taxonomy)
    : taxonomy_(std::move(taxonomy)), shelves_(languages_, domains_, currencies_) {}

void OpenWork::forget() {
    shelves_.clear();
    open_.clear();
    early_.clear();
    own_.clear();
    ends_.clear();
    expiries_.clear();
    domain_of_.clear();
    floors_.clear();
    people_ = {};
    languages_ = {};
    domains_ = {};
    currencies_ = {};
}

void OpenWork::row(const market::Row& row) {
    std::visit(
        [this](const auto& r) {
            if constexpr (requires { this->take(r); }) this->take(r);
        },
        row
    );
}

void OpenWork::take(const market::MemberRow& row) {
    std::vector<int> languages;
    for (const auto& language : market::split_words(row.languages))
        languages.push_back(languages_.add(language));
    people_.enrol(row.member, languages);
}

void OpenWork::take(const market::SkillRow& row) {
    people_.skill(row.member, domains_.add(row.domain), row.level);
}

void OpenWork::take(const market::RuleRow& row) {
    if (!row.name.starts_with(floor_prefix)) return;
    const int currency = currencies_.add(row.name.substr(floor_prefix.size()));
    const auto place = static_cast<std::size_t>(currency);
    if (place >= floors_.size()) floors_.resize(place + 1);
    floors_[place] = {row.value, row.next_value, row.next_from};
}

Int OpenWork::floor(int currency, Int now) const {
    const auto place = static_cast<std::size_t>(currency);
    if (place >= floors_.size()) return 0;
    const Floor& floor = floors_[place];
    const bool next = floor.next_from != market::never && floor.next_from <= now;
    return next ? floor.next_value : floor.value;
}

void OpenWork::take(const market::BatchRow& row) {
    const auto state = static_cast<market::BatchState>(row.state);
    if (state == market::BatchState::open && open_.contains(row.batch))
        return; // its terms are fixed
    const bool is_new = domain_of_.emplace(row.batch, domains_.add(row.domain)).second;
    if (state == market::BatchState::open) open(row);
    if (state == market::BatchState::closed) close(row.batch);
    if (is_new) replay(row.batch);
}

void OpenWork::open(const market::BatchRow& row) {
    const bool test = row.qualifies_level != 0;
    const Place place{
        languages_.add(row.language),
        domain_of_.at(row.batch),
        currencies_.add(row.currency),
        test,
        test ? row.qualifies_level : row.level
    };
    const auto own = own_.extract(row.batch);
    static const std::vector<market::OwnTerms> none;
    Lots lots({row.tasks, row.overlap}, own.empty() ? none : own.mapped());
    Open& open = open_.emplace(row.batch, Open{place, row.estimate_s, row.hazard, std::move(lots)})
                     .first->second;
    for (Lot& lot : open.lots.all()) {
        const Int price = lot.paid.price_micros != 0 ? lot.paid.price_micros : row.price_micros;
        lot.paid.pay = pay_per_hour(price, row.estimate_s, row.currency);
        lot.paid.batch = row.batch;
        if (lot.paid.expires != 0) expiries_.emplace(lot.paid.expires, row.batch);
        relist(open, lot);
    }
}

void OpenWork::close(Int batch) {
    own_.erase(batch);
    const auto found = open_.find(batch);
    if (found == open_.end()) return;
    Open& open = found->second;
    for (const Lot& lot : open.lots.all()) {
        if (lot.listed) shelves_.take(open.place, lot.paid);
        expiries_.erase({lot.paid.expires, batch});
    }
    for (const Int member : open.lots.members()) {
        ends_.erase({open.lots.lease_end(member), batch, member});
        people_.leave(member, batch);
    }
    open_.erase(found);
}

/// Feeds what had to wait for the BatchRow.
void OpenWork::replay(Int batch) {
    auto waiting = early_.extract(batch);
    if (waiting.empty()) return;
    Early& early = waiting.mapped();
    const int domain = domain_of_.at(batch);
    for (const Int member : early.earners) {
        people_.add_history(member, domain, people_.accepted_in(member, batch));
    }
    for (const auto& task : early.tasks)
        take(task);
    for (const auto& [task, member] : early.answers) {
        market::AssignmentRow row;
        row.batch = batch;
        row.task = task;
        row.member = member;
        take(row);
    }
    for (const auto& claim : early.claims)
        take(claim);
}

OpenWork::Open* OpenWork::find_open(Int batch) {
    const auto found = open_.find(batch);
    return found == open_.end() ? nullptr : &found->second;
}

const OpenWork::Open* OpenWork::find_open(Int batch) const {
    const auto found = open_.find(batch);
    return found == open_.end() ? nullptr : &found->second;
}

void OpenWork::relist(const Open& open, Lot& lot) {
    const bool wanted = lot.slots.open_tasks() > 0 && !lot.over;
    if (wanted == lot.listed) return;
    lot.listed = wanted;
    if (wanted) {
        shelves_.put(open.place, lot.paid);
    } else {
        shelves_.take(open.place, lot.paid);
    }
}

void OpenWork::take(const market::TaskRow& row) {
    if (Open* open = find_open(row.batch)) {
        relist(*open, open->lots.count(row.task, row.submitted));
        return;
    }
    const market::OwnTerms own{row.task, row.price_micros, row.overlap, row.expires};
    // The same row may come again while nothing is open.
    if (own.any() && (own_[row.batch].empty() || own_[row.batch].back().task < row.task))
        own_[row.batch].push_back(own);
    if (!is_known(row.batch)) early_[row.batch].tasks.push_back(row);
}

void OpenWork::take(const market::AssignmentRow& row) {
    if (Open* open = find_open(row.batch)) {
        open->lots.answered(row.task, row.member);
        people_.engage(row.member, row.batch);
    } else if (!is_known(row.batch)) {
        early_[row.batch].answers.emplace_back(row.task, row.member);
    }
}

void OpenWork::take(const market::EarningRow& row) {
    const Int more = people_.earned(row.member, row.batch, row.accepted);
    const auto domain = domain_of_.find(row.batch);
    if (domain != domain_of_.end()) {
        people_.add_history(row.member, domain->second, more);
    } else if (more > 0 && more == row.accepted) { // the first such row
        early_[row.batch].earners.push_back(row.member);
    }
}

void OpenWork::take(const market::ClaimRow& row) {
    claim(row.member, row.batch, row.until, market::split_numbers(row.tasks));
}

void OpenWork::claim(Int member, Int batch, Int until, const std::vector<Int>& tasks) {
    Open* open = find_open(batch);
    if (open == nullptr) {
        if (!is_known(batch)) {
            early_[batch].claims.push_back({member, batch, until, market::join(tasks)});
        }
        return;
    }
    const Int before = open->lots.lease_end(member);
    open->lots.lease(member, until, tasks);
    const Int end = open->lots.lease_end(member);
    const bool holds = end != market::never;
    if (before != end) {
        ends_.erase({before, batch, member});
        if (holds) ends_.emplace(end, batch, member);
    }
    // Mostly a part of what is held was handed in: that changes nothing about the member.
    if (!holds || before == market::never) {
        if (holds) {
            people_.engage(member, batch);
        } else if (!open->lots.worked(member)) {
            people_.leave(member, batch);
        }
        people_.hold(member, batch, holds);
    }
    for (Lot& lot : open->lots.all())
        relist(*open, lot);
}

void OpenWork::expire(Int now) {
    while (!ends_.empty() && std::get<0>(*ends_.begin()) <= now) {
        const auto [until, batch, member] = *ends_.begin();
        claim(member, batch, 0, {});
    }
    for (; !expiries_.empty() && expiries_.begin()->first <= now;
         expiries_.erase(expiries_.begin())) {
        Open& open = open_.at(expiries_.begin()->second);
        for (Lot& lot : open.lots.all()) {
            lot.over = lot.over || lot.paid.expires == expiries_.begin()->first;
            relist(open, lot);
        }
    }
}

std::vector<Int>
OpenWork::candidates(Int batch, Int member, std::size_t most, Int now, std::uint64_t seed) const {
    return candidates_of(batch, std::nullopt, member, most, now, seed);
}

std::vector<Int> OpenWork::candidates_of(
    Int batch,
    const std::optional<LotTerms>& lot,
    Int member,
    std::size_t most,
    Int now,
    std::uint64_t seed
) const {
    const Open* open = find_open(batch);
    if (open == nullptr) return {};
    const Paid* best = nullptr;
    for (const Lot& each : open->lots.all()) {
        const Paid& paid = each.paid;
        const bool named =
            !lot || (paid.price_micros == lot->price_micros && paid.expires == lot->expires);
        if (!named || each.over || !each.slots.has_left(member, now)) continue;
        if (open->place.test && !each.slots.has_all(member, now)) return {};
        if (best == nullptr || paid < *best) best = &paid;
    }
    return open->lots.candidates(
        member, {best == nullptr ? Paid{} : *best, most, now, mix(seed, batch, 0)}
    );
}

} // namespace handprint::matching
