// What the sequencer reads from the store: all there is when it begins, then the rows of commands.

#include "node/market/lists.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/pipeline/sequencer.hpp"

#include <algorithm>
#include <utility>

namespace handprint::pipeline {

namespace {

Result<merkle::Frontier> unpack(const store::Head& head) {
    std::vector<Hash> parts;
    for (std::size_t at = 0; at + 32 <= head.frontier.size(); at += 32) {
        Hash part{};
        std::copy_n(head.frontier.begin() + static_cast<std::ptrdiff_t>(at), 32, part.begin());
        parts.push_back(part);
    }
    return merkle::Frontier::from_parts(static_cast<std::uint64_t>(head.size), std::move(parts));
}

} // namespace

Result<void> Sequencer::rebuild() {
    auto head = parts_.store.take_over();
    if (!head) return unexpected(head.error());
    auto frontier = unpack(*head);
    // A store that has no entry yet has no root either.
    if (!frontier || (head->size != 0 && frontier->root() != head->root)) {
        return fail("the head's frontier does not give its root");
    }
    head_ = std::move(*head);
    frontier_ = std::move(*frontier);
    if (last_clock_ == 0) last_clock_ = head_.time;
    state_.clear();
    claims_.clear();
    deferred_.clear();
    next_due_check_ = recorded_size_ = 0;
    auto blobs = parts_.store.blob_count();
    if (!blobs) return unexpected(blobs.error());
    blobs_ = *blobs;
    for (Follower* follower : parts_.followers)
        follower->forget();
    const auto tell = [this](const auto& row) {
        for (Follower* follower : parts_.followers)
            follower->row(market::Row(row));
    };
    auto claims = for_each_row<market::ClaimRow>(parts_.store, {}, 0, [&](const auto& row) {
        claims_.set(row.member, row.batch, row.until, market::split_numbers(row.tasks));
    });
    if (!claims) return claims;
    if (auto ok = for_each_row<market::KeyRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::GrantRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::MemberRow>(parts_.store, {}, 0, tell); !ok) return ok;
    if (auto ok = for_each_row<market::SkillRow>(parts_.store, {}, 0, tell); !ok) return ok;
    expiries_.forget();
    if (auto ok = tell_batches(); !ok) return ok;
    if (auto ok = for_each_row<market::TaskRow>(parts_.store, {}, 0, tell); !ok) return ok;
    auto done = for_each_row<market::AssignmentRow>(parts_.store, {}, 0, [&](const auto& row) {
        claims_.hand_in(row.member, row.batch, row.task);
        tell(row);
    });
    if (!done) return done;
    claims_.for_each([this](Int member, Int batch, const auto& held) {
        for (Follower* follower : parts_.followers)
            follower->claim(member, batch, held.until, held.tasks);
    });
    if (auto ok = runs_.rebuild(); !ok) return ok;
    if (auto ok = load_common(); !ok) return ok;
    const auto* coop = state_.peek<market::CoopRow>(1);
    clock_confirmed_ = coop == nullptr ? 0 : coop->clock_confirmed;
    size_.store(head_.size, std::memory_order_release);
    return {};
}

/// Tasks with terms of their own are told before their batch, as when it was imported.
Result<void> Sequencer::tell_batches() {
    Result<void> tasks;
    const auto tell = [this](const market::Row& row) {
        for (Follower* follower : parts_.followers)
            follower->row(row);
        expiries_.row(row);
    };
    const auto tell_tasks = [&](const market::TaskRow& task) {
        if (task.price_micros != 0 || task.overlap != 0 || task.expires != 0) tell(task);
    };
    auto read = for_each_row<market::BatchRow>(parts_.store, {}, 0, [&](const auto& batch) {
        const bool ended = batch.state == static_cast<Int>(market::BatchState::closed);
        if (tasks && batch.own_terms > 0 && !ended) {
            market::Key prefix;
            prefix.n[0] = batch.batch;
            tasks = for_each_row<market::TaskRow>(parts_.store, prefix, 1, tell_tasks);
        }
        tell(batch);
    });
    return read ? std::move(tasks) : std::move(read);
}

Result<void> Sequencer::load_common() {
    std::vector<market::Key> keys;
    market::common_keys(state_, keys);
    return load_rows(std::move(keys));
}

Result<void> Sequencer::load_rows(std::vector<market::Key> keys) {
    if (keys.empty()) return {};
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    auto rows = parts_.store.load(keys);
    if (!rows) return unexpected(rows.error());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        state_.load(std::move(keys[i]), std::move((*rows)[i]));
    }
    return {};
}

Result<std::set<const Job*>> Sequencer::load(const std::vector<Job>& jobs) {
    std::set<const Job*> again;
    std::vector<const Job*> asking;
    for (const Job& job : jobs) {
        if (!job.only_store) asking.push_back(&job);
    }
    std::vector<market::Key> missing;
    market::common_keys(state_, missing);
    for (int round = 0; round < 2 && !asking.empty(); ++round) {
        std::erase_if(asking, [&](const Job* job) {
            const auto named = market::keys_of(job->request, state_, missing);
            if (named == market::Named::unless_made) again.insert(job);
            return named != market::Named::more;
        });
        if (auto ok = load_rows(std::move(missing)); !ok) return unexpected(ok.error());
        missing.clear();
    }
    return again;
}

Result<void> Sequencer::load_again(const Job& job) {
    std::vector<market::Key> missing;
    (void)market::keys_of(job.request, state_, missing);
    return load_rows(std::move(missing));
}

Result<void> Sequencer::prepare(Job& job, Int now) {
    auto& prepared = job.request.prepared;
    const auto* coop = state_.peek<market::CoopRow>(1);
    if (coop == nullptr) return {};
    if (const auto* income = std::get_if<market::Income>(&job.request.command)) {
        const auto parts = market::royalty_parts(state_, income->amount, now);
        auto rows = shares_of(parts_.store, income->project, parts.contributors);
        if (!rows) return unexpected(rows.error());
        prepared.shares = std::move(*rows);
        parts_.vault.fill(prepared.seed);
    } else if (const auto* surplus = std::get_if<market::Surplus>(&job.request.command)) {
        auto rows = shares_of(parts_.store, surplus->project, surplus->amount);
        if (!rows) return unexpected(rows.error());
        prepared.shares = std::move(*rows);
        parts_.vault.fill(prepared.seed);
    } else if (std::holds_alternative<market::ClosePeriod>(job.request.command)) {
        auto list = make_close_list(parts_.store, *coop, parts_.vault);
        if (!list) return unexpected(list.error());
        prepared.count = static_cast<Int>(list->positions.size());
        prepared.root = list->root();
        job.attachments.push_back(
            {"close", padded(list->period), parts_.vault.encrypt(list->encode())}
        );
    } else if (const auto* currency = market::payout_currency(job.request.command)) {
        if (coop->periods == 0) return {};
        const Int minimum = market::rule(state_, "payout_minimum_minor", now);
        auto rows = payees_of(parts_.store, parts_.vault, coop->periods, *currency, minimum);
        if (!rows) return unexpected(rows.error());
        prepared.payees = std::move(*rows);
    }
    return {};
}

} // namespace handprint::pipeline
