#include "node/pipeline/runs.hpp"

#include "ledger/record/close.hpp"
#include "node/market/manifest.hpp"
#include "node/pipeline/close_list.hpp"

#include <algorithm>
#include <utility>

namespace handprint::pipeline {

using market::Command;

Bytes encode(const StagedChunk& chunk) {
    Bytes out;
    append(out, chunk.salt);
    put_u64(out, static_cast<std::uint64_t>(chunk.count));
    append(out, chunk.commit);
    for (const Hash& external : chunk.externals)
        append(out, external);
    for (const market::OwnTerms& own : chunk.own) {
        market::OwnTerms::fields(own, [&out](const char*, Int number) {
            put_u64(out, static_cast<std::uint64_t>(number));
        });
    }
    return out;
}

Result<StagedChunk> decode_staged(ByteView bytes) {
    const auto salt = take_bytes(bytes, 32);
    const auto count = take_u64(bytes);
    if (!salt || !count) return fail("a staged chunk is cut short");
    StagedChunk chunk;
    const auto commit = take_bytes(bytes, chunk.commit.size());
    if (!commit || bytes.size() % chunk.commit.size() != 0)
        return fail("a staged chunk is cut short");
    chunk.count = static_cast<Int>(*count);
    std::copy(salt->begin(), salt->end(), chunk.salt.begin());
    std::copy(commit->begin(), commit->end(), chunk.commit.begin());
    while (std::cmp_less(chunk.externals.size(), chunk.count)) {
        const auto hash = take_bytes(bytes, chunk.commit.size());
        if (!hash) break;
        std::copy(hash->begin(), hash->end(), chunk.externals.emplace_back().begin());
    }
    // Terms are of the same length as a hash, so what is left is whole.
    while (!bytes.empty()) {
        market::OwnTerms::fields(chunk.own.emplace_back(), [&bytes](const char*, Int& number) {
            number = static_cast<Int>(take_u64(bytes).value_or(0));
        });
    }
    return chunk;
}

std::string chunk_id(Int batch, Int chunk) {
    return padded(batch) + '/' + padded(chunk);
}

Result<std::vector<market::ShareOf>>
shares_of(store::Store& store, Int project, market::Amount pool) {
    std::vector<market::CreditRow> credits;
    market::Key prefix;
    prefix.n[0] = project;
    const auto read = for_each_row<market::CreditRow>(store, prefix, 1, [&](const auto& row) {
        credits.push_back(row);
    });
    if (!read) return unexpected(read.error());
    return market::prepare_shares(credits, pool);
}

Result<std::vector<market::PaidTo>> payees_of(
    store::Store& store, const Vault& vault, Int period, const std::string& currency, Int minimum
) {
    const auto bytes = vault.read_blob(store, "close", padded(period));
    if (!bytes) return unexpected(bytes.error());
    if (!*bytes) return fail("the list of the close is missing");
    const auto list = CloseList::decode(**bytes);
    if (!list) return unexpected(list.error());
    std::vector<market::PaidTo> rows;
    for (const auto& sealed : list->positions) {
        const auto position = record::parse_position(sealed.bytes);
        if (!position) return unexpected(position.error());
        for (const auto& sum : position->balances) {
            if (sum.account_class != books::AccountClass::payable) continue;
            if (sum.currency.text() != currency || sum.amount < std::max<Int>(minimum, 1)) continue;
            rows.push_back({static_cast<Int>(position->member), market::Amount{sum.amount}});
        }
    }
    return rows;
}

template <class R, class... Parts>
Result<R> Runs::load(const Parts&... parts) {
    const market::Key key = market::key_of<R>(parts...);
    auto rows = store_.load(std::span(&key, 1));
    if (!rows) return unexpected(rows.error());
    if (!rows->front()) return fail(std::string("a row is missing in ") + R::table);
    return std::get<R>(*rows->front());
}

Result<void> Runs::rebuild() {
    importing_.clear();
    distribution_ = payout_ = cached_distribution_ = cached_payout_ = market::never;
    const market::Key key = market::key_of<market::CoopRow>(1);
    auto coop = store_.load(std::span(&key, 1));
    if (!coop) return unexpected(coop.error());
    if (coop->front()) take(*coop->front());
    const auto take_it = [this](const auto& batch) { take(batch); };
    if (auto ok = for_each_row<market::BatchRow>(store_, {}, 0, take_it); !ok) return ok;
    std::erase_if(rests_, [this](const auto& rest) { return !under_way(rest.first); });
    return {};
}

void Runs::row(const market::Row& row) {
    take(row);
    if (const auto* batch = std::get_if<market::BatchRow>(&row)) {
        rests_.erase({Kind::import_tasks, batch->batch});
    } else if (const auto* distribution = std::get_if<market::DistributionRow>(&row)) {
        rests_.erase({Kind::distribution, distribution->distribution});
    } else if (const auto* payout = std::get_if<market::PayoutRow>(&row)) {
        rests_.erase({Kind::payout, payout->payout});
    }
}

void Runs::take(const market::Row& row) {
    if (const auto* batch = std::get_if<market::BatchRow>(&row)) {
        if (batch->state == static_cast<Int>(market::BatchState::importing)) {
            importing_.insert(batch->batch);
        } else {
            importing_.erase(batch->batch);
        }
    } else if (const auto* coop = std::get_if<market::CoopRow>(&row)) {
        distribution_ = coop->open_distribution;
        payout_ = coop->open_payout;
    }
}

bool Runs::under_way(const Run& run) const {
    switch (run.first) {
    case Kind::distribution:
        return run.second == distribution_;
    case Kind::payout:
        return run.second == payout_;
    case Kind::import_tasks:
        break;
    }
    return importing_.contains(run.second);
}

bool Runs::rests(const Run& run) const {
    const auto rest = rests_.find(run);
    return rest != rests_.end() && rest->second.left > 0;
}

std::optional<Runs::Run> Runs::turn() const {
    const Run distribution{Kind::distribution, distribution_}, payout{Kind::payout, payout_};
    if (distribution_ != market::never && !rests(distribution)) return distribution;
    if (payout_ != market::never && !rests(payout)) return payout;
    auto at = importing_.upper_bound(last_import_);
    for (std::size_t i = 0; i < importing_.size(); ++i, ++at) {
        if (at == importing_.end()) at = importing_.begin();
        if (const Run run{Kind::import_tasks, *at}; !rests(run)) return run;
    }
    return std::nullopt;
}

bool Runs::ready() const {
    return turn().has_value();
}

void Runs::try_later(const Run& run) {
    // With nothing else to do there are twenty looks a second: from one second to about a minute.
    constexpr Int first = 20, most = 1280;
    Rest& rest = rests_[run];
    rest.length = rest.length == 0 ? first : std::min(rest.length * 2, most);
    rest.left = rest.length;
}

Result<std::vector<Command>> Runs::next() {
    for (auto& [run, rest] : rests_)
        rest.left = std::max<Int>(rest.left - 1, 0);
    const auto run = turn();
    if (!run) return std::vector<Command>{};
    if (run->first == Kind::import_tasks) last_import_ = run->second;
    // Whatever becomes of these steps: only their commit makes the run ready again at once.
    try_later(*run);
    auto made = steps(*run);
    if (made) return made;
    constexpr const char* names[] = {"distribution ", "payout ", "import of batch "};
    return fail(
        names[static_cast<int>(run->first)] + std::to_string(run->second)
        + " cannot go on: " + made.error().what
    );
}

Result<std::vector<Command>> Runs::steps(const Run& run) {
    if (run.first == Kind::import_tasks) return import_steps(run.second);
    auto step =
        run.first == Kind::distribution ? distribution_step(run.second) : payout_step(run.second);
    if (!step) return unexpected(step.error());
    return std::vector<Command>{std::move(*step)};
}

Result<std::vector<Command>> Runs::import_steps(Int number) {
    // A chunk costs a few milliseconds, a commit at least a sync of the disk; others wait for both.
    constexpr Int chunks_a_commit = 4;
    const auto batch = load<market::BatchRow>(number);
    if (!batch) return unexpected(batch.error());
    if (batch->chunks_done == batch->chunks)
        return std::vector<Command>{market::ImportSeal{number}};
    const Int end = std::min(batch->chunks_done + chunks_a_commit, batch->chunks);
    std::vector<Command> steps;
    for (Int chunk = batch->chunks_done; chunk < end; ++chunk) {
        auto step = import_chunk(number, chunk);
        // What comes before one that cannot be made is done.
        if (!step && steps.empty()) return unexpected(step.error());
        if (!step) break;
        steps.push_back(std::move(*step));
    }
    return steps;
}

Result<Command> Runs::import_chunk(Int batch, Int number) {
    const auto bytes = vault_.read(store_, "staged", chunk_id(batch, number));
    if (!bytes) return unexpected(bytes.error());
    if (!*bytes) return fail("a staged chunk is missing");
    const auto staged = decode_staged(**bytes);
    if (!staged) return unexpected(staged.error());
    market::ImportChunk chunk{batch, number, staged->count, staged->commit, staged->externals};
    if (!staged->own.empty()) chunk.overrides = staged->own;
    return Command(std::move(chunk));
}

namespace {

template <class T>
std::vector<T> slice(const std::vector<T>& rows, Int chunk) {
    const auto from = std::min(static_cast<std::size_t>(chunk * market::chunk_rows), rows.size());
    const auto to = std::min(from + static_cast<std::size_t>(market::chunk_rows), rows.size());
    return {
        rows.begin() + static_cast<std::ptrdiff_t>(from),
        rows.begin() + static_cast<std::ptrdiff_t>(to)
    };
}

} // namespace

Result<Command> Runs::distribution_step(Int number) {
    const auto run = load<market::DistributionRow>(number);
    if (!run) return unexpected(run.error());
    if (run->chunks_done == run->chunks) {
        return Command(market::DistributionSeal{number});
    }
    if (cached_distribution_ != number) {
        auto rows = shares_of(store_, run->project, market::Amount{run->pool});
        if (!rows) return unexpected(rows.error());
        shares_ = std::move(*rows);
        cached_distribution_ = number;
    }
    return Command(
        market::DistributionChunk{run->chunks_done, number, slice(shares_, run->chunks_done)}
    );
}

Result<Command> Runs::payout_step(Int number) {
    const auto run = load<market::PayoutRow>(number);
    if (!run) return unexpected(run.error());
    if (run->chunks_done == run->chunks) {
        return Command(market::PayoutSeal{number});
    }
    if (cached_payout_ != number) {
        auto rows = payees_of(store_, vault_, run->period, run->currency, run->minimum);
        if (!rows) return unexpected(rows.error());
        payees_ = std::move(*rows);
        cached_payout_ = number;
    }
    return Command(market::PayoutChunk{run->chunks_done, number, slice(payees_, run->chunks_done)});
}

} // namespace handprint::pipeline
