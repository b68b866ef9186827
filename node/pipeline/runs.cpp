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
    return out;
}

Result<StagedChunk> decode_staged(ByteView bytes) {
    const auto salt = take_bytes(bytes, 32);
    const auto count = take_u64(bytes);
    if (!salt || !count) return fail("a staged chunk is cut short");
    const auto commit = to_array<32>(bytes);
    const auto salt_array = to_array<32>(*salt);
    if (!commit || !salt_array) return fail("a staged chunk is cut short");
    return StagedChunk{*salt_array, static_cast<Int>(*count), *commit};
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
    coop_open_ = false;
    distribution_ = payout_ = cached_distribution_ = cached_payout_ = market::never;
    const market::Key key = market::key_of<market::CoopRow>(1);
    auto coop = store_.load(std::span(&key, 1));
    if (!coop) return unexpected(coop.error());
    if (coop->front()) row(*coop->front());
    return for_each_row<market::BatchRow>(store_, {}, 0, [&](const auto& batch) { row(batch); });
}

void Runs::row(const market::Row& row) {
    if (const auto* batch = std::get_if<market::BatchRow>(&row)) {
        if (batch->state == static_cast<Int>(market::BatchState::importing)) {
            importing_.insert(batch->batch);
        } else {
            importing_.erase(batch->batch);
        }
    } else if (const auto* coop = std::get_if<market::CoopRow>(&row)) {
        distribution_ = coop->open_distribution;
        payout_ = coop->open_payout;
        coop_open_ = distribution_ != market::never || payout_ != market::never;
    }
}

Result<std::optional<Command>> Runs::next() {
    if (distribution_ != market::never) return distribution_step(distribution_);
    if (payout_ != market::never) return payout_step(payout_);
    if (importing_.empty()) return std::optional<Command>{};
    auto turn = importing_.upper_bound(last_import_);
    if (turn == importing_.end()) turn = importing_.begin();
    last_import_ = *turn;
    return import_step(*turn);
}

Result<std::optional<Command>> Runs::import_step(Int number) {
    const auto batch = load<market::BatchRow>(number);
    if (!batch) return unexpected(batch.error());
    if (batch->chunks_done == batch->chunks) {
        return std::optional<Command>(market::ImportSeal{number});
    }
    const auto bytes = vault_.read(store_, "staged", chunk_id(number, batch->chunks_done));
    if (!bytes) return unexpected(bytes.error());
    if (!*bytes) return fail("a staged chunk is missing");
    const auto staged = decode_staged(**bytes);
    if (!staged) return unexpected(staged.error());
    return std::optional<Command>(
        market::ImportChunk{number, batch->chunks_done, staged->count, staged->commit}
    );
}

namespace {

constexpr Int chunk_rows = 100;

template <class T>
std::vector<T> slice(const std::vector<T>& rows, Int chunk) {
    const auto from = std::min(static_cast<std::size_t>(chunk * chunk_rows), rows.size());
    const auto to = std::min(from + static_cast<std::size_t>(chunk_rows), rows.size());
    return {
        rows.begin() + static_cast<std::ptrdiff_t>(from),
        rows.begin() + static_cast<std::ptrdiff_t>(to)
    };
}

} // namespace

Result<std::optional<Command>> Runs::distribution_step(Int number) {
    const auto run = load<market::DistributionRow>(number);
    if (!run) return unexpected(run.error());
    if (run->chunks_done == run->chunks) {
        return std::optional<Command>(market::DistributionSeal{number});
    }
    if (cached_distribution_ != number) {
        auto rows = shares_of(store_, run->project, market::Amount{run->pool});
        if (!rows) return unexpected(rows.error());
        shares_ = std::move(*rows);
        cached_distribution_ = number;
    }
    return std::optional<Command>(
        market::DistributionChunk{run->chunks_done, number, slice(shares_, run->chunks_done)}
    );
}

Result<std::optional<Command>> Runs::payout_step(Int number) {
    const auto run = load<market::PayoutRow>(number);
    if (!run) return unexpected(run.error());
    if (run->chunks_done == run->chunks) {
        return std::optional<Command>(market::PayoutSeal{number});
    }
    if (cached_payout_ != number) {
        auto rows = payees_of(store_, vault_, run->period, run->currency, run->minimum);
        if (!rows) return unexpected(rows.error());
        payees_ = std::move(*rows);
        cached_payout_ = number;
    }
    return std::optional<Command>(
        market::PayoutChunk{run->chunks_done, number, slice(payees_, run->chunks_done)}
    );
}

} // namespace handprint::pipeline
