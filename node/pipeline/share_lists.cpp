#include "node/pipeline/share_lists.hpp"

#include "ledger/record/coop_part.hpp"
#include "node/market/entry_seal.hpp"
#include "node/market/manifest.hpp"

#include <algorithm>

namespace handprint::pipeline {

namespace {

Result<std::vector<market::Event>> events_of(const store::EntryRecord& entry) {
    const auto header = record::parse_header(entry.header);
    if (!header) return unexpected(header.error());
    const auto coop = record::parse_coop_part(entry.coop);
    if (!coop) return unexpected(coop.error());
    auto fold = market::read_fold_entry(*header, *coop);
    if (!fold) return unexpected(fold.error());
    return std::move(fold->events);
}

Result<store::EntryRecord> entry_at(store::Store& store, Int index) {
    auto entry = store.entry(index);
    if (!entry) return unexpected(entry.error());
    if (!*entry) return fail("an entry is missing");
    return std::move(**entry);
}

/// The only event of a kind in an entry.
template <class E>
Result<E> event_at(store::Store& store, Int index) {
    const auto entry = entry_at(store, index);
    if (!entry) return unexpected(entry.error());
    const auto events = events_of(*entry);
    if (!events) return unexpected(events.error());
    for (const auto& event : *events) {
        if (const auto* found = std::get_if<E>(&event)) return *found;
    }
    return fail("entry " + std::to_string(index) + " has no event " + E::type);
}

bool has_kind(std::string_view header, std::string_view kind) {
    return header.find("\"kind\":\"" + std::string(kind) + '"') != std::string_view::npos;
}

/// The seal and its place, without the shares.
Result<MadeList> begin_list(store::Store& store, Int index) {
    const auto entry = entry_at(store, index);
    if (!entry) return unexpected(entry.error());
    const auto header = record::parse_header(entry->header);
    if (!header) return unexpected(header.error());
    const auto coop = record::Json::parse(entry->coop);
    if (!coop) return fail("a coop part: " + record::describe(coop.error()));
    record::Opening opening{entry->coop, entry->coop_salt};
    const auto seal = record::read_seal(*header, opening, *coop);
    if (!seal) return unexpected(seal.error());
    return MadeList{{std::move(opening), static_cast<std::uint64_t>(index), {}}, *seal};
}

} // namespace

bool is_distribution_seal(std::string_view header) {
    return has_kind(header, market::DistributionSeal::kind);
}

Result<MadeList> make_share_list(store::Store& store, Int index) {
    auto out = begin_list(store, index);
    if (!out) return out;
    const Int opened = static_cast<Int>(out->seal.opened);
    const auto opening = event_at<market::DistributionOpened>(store, opened);
    if (!opening) return unexpected(opening.error());
    constexpr Int page = 1000;
    for (Int from = opened + 1; from < index; from += page) {
        const auto want = static_cast<std::size_t>(std::min(page, index - from));
        const auto entries = store.entries(from, want);
        if (!entries) return unexpected(entries.error());
        for (const auto& entry : *entries) {
            if (!has_kind(entry.header, market::DistributionChunk::kind)) continue;
            const auto events = events_of(entry);
            if (!events) return unexpected(events.error());
            for (const auto& event : *events) {
                const auto* chunk = std::get_if<market::DistributionChunked>(&event);
                if (chunk == nullptr) continue;
                for (const auto& row : chunk->rows) {
                    if (row.amount.minor < 0) return fail("a share is negative");
                    out->list.shares.push_back(record::list_share(market::share_opening(
                        opening->distribution,
                        opening->seed,
                        static_cast<Int>(out->list.shares.size()),
                        row
                    )));
                }
            }
        }
    }
    return out;
}

Result<MadeList> read_share_list(store::Store& store, const PublishedFiles& files, Int index) {
    auto out = begin_list(store, index);
    if (!out) return out;
    const auto bytes = files.share_list(static_cast<std::uint64_t>(index));
    const auto read =
        bytes ? record::parse_share_list(as_text(*bytes)) : Result<record::ShareList>(fail(""));
    if (!read || record::list_of(read->shares).root() != out->seal.root)
        return make_share_list(store, index);
    out->list = *read;
    return out;
}

} // namespace handprint::pipeline
