#include "tests/matching/world.hpp"

#include "node/market/lists.hpp"

#include <algorithm>
#include <numeric>

namespace handprint::matching_tests {

void World::put(market::Row row) {
    index.row(row);
    rows[market::row_key(row)] = std::move(row);
}

void World::enrol(Int member, const std::string& languages) {
    market::MemberRow row;
    row.member = member;
    row.languages = languages;
    put(row);
}

void World::skill(Int member, const std::string& domain, Int level) {
    put(market::SkillRow{member, domain, level, 0});
}

void World::floor(const std::string& currency, Int minor) {
    put(market::RuleRow{"floor_minor_per_hour/" + currency, minor, 0, market::never});
}

Int World::publish(const Terms& terms) {
    market::BatchRow row;
    row.batch = batches++;
    row.currency = terms.currency;
    row.domain = terms.domain;
    row.language = terms.language;
    row.estimate_s = 60;
    row.price_micros = terms.pay * 10'000 / 60;
    row.overlap = terms.overlap;
    row.lease_ms = lease_ms;
    row.bundle_max = 1000;
    row.level = terms.level;
    row.qualifies_level = terms.gives;
    row.hazard = terms.hazard;
    row.tasks = terms.tasks;
    for (const auto state : {market::BatchState::draft, market::BatchState::open}) {
        row.state = static_cast<Int>(state);
        put(row);
    }
    return row.batch;
}

void World::close(Int batch) {
    auto row = *find<market::BatchRow>(batch);
    row.state = static_cast<Int>(market::BatchState::closed);
    put(row);
}

void World::hold(Int member, Int batch, Int until, const std::vector<Int>& tasks) {
    claims.set(member, batch, until, tasks);
    index.claim(member, batch, until, tasks);
    if (tasks.empty()) {
        held.erase({member, batch});
        rows.erase(market::key_of<market::ClaimRow>(member, batch));
    } else {
        held[{member, batch}] = {member, batch, until, market::join(tasks)};
        rows[market::key_of<market::ClaimRow>(member, batch)] = held[{member, batch}];
    }
}

std::vector<Int> World::claim(Int member, Int batch, std::vector<Int> candidates, Int count) {
    const auto answer = decide(member, batch, candidates, count);
    if (!answer) return {};
    hold(member, batch, answer->until, answer->tasks);
    return answer->tasks;
}

void World::submit(Int member, Int batch, Int task) {
    const auto* old = find<market::TaskRow>(batch, task);
    auto touched = old == nullptr ? market::TaskRow{batch, task, 0, 0} : *old;
    ++touched.submitted;
    put(touched);
    market::AssignmentRow row;
    row.batch = batch;
    row.task = task;
    row.member = member;
    row.state = static_cast<Int>(market::AssignmentState::submitted);
    put(row);
    const auto in_hand = held.find({member, batch});
    if (in_hand == held.end()) return;
    auto tasks = market::split_numbers(in_hand->second.tasks);
    std::erase(tasks, task);
    hold(member, batch, in_hand->second.until, tasks);
}

void World::accept(Int member, Int batch, Int task) {
    auto row = *find<market::AssignmentRow>(batch, task, member);
    row.state = static_cast<Int>(market::AssignmentState::accepted);
    put(row);
    const auto* old = find<market::EarningRow>(batch, member);
    auto earning = old == nullptr ? market::EarningRow{batch, member, 0, 0, 0} : *old;
    ++earning.accepted;
    put(earning);
}

Result<market::ClaimAnswer, market::Refusal> World::decide(Int member, Int batch) const {
    return decide(member, batch, all_tasks(batch), 1'000'000);
}

Result<market::ClaimAnswer, market::Refusal>
World::decide(Int member, Int batch, const std::vector<Int>& candidates, Int count) const {
    market::State state;
    const auto load = [&]<class R, class... Parts>(const R*, const Parts&... parts) {
        const auto* row = find<R>(parts...);
        state.load(
            market::key_of<R>(parts...),
            row == nullptr ? std::nullopt : std::optional<market::Row>(*row)
        );
        return row;
    };
    const auto* terms = load(static_cast<market::BatchRow*>(nullptr), batch);
    load(static_cast<market::MemberRow*>(nullptr), member);
    load(static_cast<market::ClaimRow*>(nullptr), member, batch);
    if (terms != nullptr) {
        load(static_cast<market::SkillRow*>(nullptr), member, std::string_view(terms->domain));
    }
    for (const Int task : candidates) {
        load(static_cast<market::AssignmentRow*>(nullptr), batch, task, member);
        load(static_cast<market::TaskRow*>(nullptr), batch, task);
    }
    return market::decide_claim(state, {member, batch, count, candidates}, {now, 0, &claims});
}

std::vector<matching::Offer> World::offers(Int member, std::uint64_t seed, std::size_t limit) {
    if (index.due(now)) index.expire(now);
    return index.offers({member}, now, seed, limit);
}

std::vector<Int> World::candidates(Int batch, Int member, std::size_t most, std::uint64_t seed) {
    if (index.due(now)) index.expire(now);
    return index.candidates(batch, member, most, now, seed);
}

std::vector<Int> World::all_tasks(Int batch) const {
    const auto* row = find<market::BatchRow>(batch);
    std::vector<Int> tasks(row == nullptr ? 0 : static_cast<std::size_t>(row->tasks));
    std::iota(tasks.begin(), tasks.end(), 0);
    return tasks;
}

std::vector<Int> batches_of(const std::vector<matching::Offer>& offers) {
    std::vector<Int> batches;
    for (const auto& offer : offers)
        batches.push_back(offer.batch);
    return batches;
}

const matching::Reason* reason(const matching::Offer& offer, std::string_view code) {
    for (const auto& reason : offer.reasons) {
        if (reason.code == code) return &reason;
    }
    return nullptr;
}

} // namespace handprint::matching_tests
