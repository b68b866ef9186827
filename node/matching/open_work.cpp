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
    ends_.clear();
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
    const Paid paid{pay_per_hour(row.price_micros, row.estimate_s, row.currency), row.batch};
    const auto made = open_.emplace(
        row.batch,
        Open{place, paid, row.estimate_s, row.hazard, false, Slots(row.tasks, row.overlap)}
    );
    relist(row.batch, made.first->second);
}

void OpenWork::close(Int batch) {
    const auto found = open_.find(batch);
    if (found == open_.end()) return;
    Open& open = found->second;
    if (open.listed) shelves_.take(open.place, open.paid);
    for (const Int member : open.slots.members()) {
        if (const auto* lease = open.slots.lease_of(member)) {
            ends_.erase({lease->until, batch, member});
        }
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

void OpenWork::relist(Int batch, Open& open) {
    const bool wanted = open.slots.open_tasks() > 0;
    if (wanted == open.listed) return;
    open.listed = wanted;
    if (wanted) {
        shelves_.put(open.place, {open.paid.pay, batch});
    } else {
        shelves_.take(open.place, open.paid);
    }
}

void OpenWork::take(const market::TaskRow& row) {
    if (Open* open = find_open(row.batch)) {
        open->slots.count(row.task, row.submitted);
        relist(row.batch, *open);
    } else if (!is_known(row.batch)) {
        early_[row.batch].tasks.push_back(row);
    }
}

void OpenWork::take(const market::AssignmentRow& row) {
    if (Open* open = find_open(row.batch)) {
        open->slots.answered(row.task, row.member);
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

void OpenWork::claim(Int member, Int batch, Int until, std::vector<Int> tasks) {
    Open* open = find_open(batch);
    if (open == nullptr) {
        if (!is_known(batch)) {
            early_[batch].claims.push_back({member, batch, until, market::join(tasks)});
        }
        return;
    }
    if (const auto* old = open->slots.lease_of(member)) ends_.erase({old->until, batch, member});
    open->slots.lease(member, until, std::move(tasks));
    const bool holds = open->slots.lease_of(member) != nullptr;
    if (holds) {
        ends_.emplace(until, batch, member);
        people_.engage(member, batch);
    } else if (!open->slots.worked(member)) {
        people_.leave(member, batch);
    }
    people_.hold(member, batch, holds);
    relist(batch, *open);
}

void OpenWork::expire(Int now) {
    while (due(now)) {
        const auto [until, batch, member] = *ends_.begin();
        claim(member, batch, 0, {});
    }
}

std::vector<Int>
OpenWork::candidates(Int batch, Int member, std::size_t most, Int now, std::uint64_t seed) const {
    const Open* open = find_open(batch);
    if (open == nullptr) return {};
    return open->slots.candidates(member, most, now, mix(seed, batch, 0));
}

} // namespace handprint::matching
