#include "node/pipeline/payslips.hpp"

#include "ledger/record/close.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/payslip_file.hpp"
#include "ledger/record/receipt.hpp"
#include "node/pipeline/close_list.hpp"
#include "node/pipeline/share_lists.hpp"

#include <map>
#include <utility>

namespace handprint::pipeline {

namespace {

/// Makes inclusion proofs from tiles, reading each tile file once.
class Prover {
public:
    Prover(Int size, merkle::TileReader reader)
        : size_(static_cast<std::uint64_t>(size)),
          hashes_(merkle::hashes_from_tiles(
              size_,
              [this, reader = std::move(reader)](const std::string& path) -> Result<Bytes> {
                  if (const auto at = files_.find(path); at != files_.end()) return at->second;
                  auto bytes = reader(path);
                  if (bytes) files_.emplace(path, *bytes);
                  return bytes;
              }
          )) {}

    [[nodiscard]] Result<std::vector<Hash>> prove(Int index) const {
        return merkle::prove_inclusion(static_cast<std::uint64_t>(index), size_, hashes_);
    }

private:
    std::uint64_t size_;
    mutable std::map<std::string, Bytes> files_;
    merkle::HashReader hashes_;
};

template <class R, class... Parts>
Result<std::optional<R>> one_row(store::Store& store, const Parts&... parts) {
    const market::Key key = market::key_of<R>(parts...);
    auto rows = store.load(std::span(&key, 1));
    if (!rows) return unexpected(rows.error());
    if (!rows->front()) return std::optional<R>{};
    return std::optional<R>(std::get<R>(*rows->front()));
}

Result<record::ProvenClose> close_of(
    const ProofSource& source, const Prover& prover, const market::PeriodRow& row, Int member
) {
    record::ProvenClose close;
    auto entry = source.store.entry(row.index);
    if (!entry) return unexpected(entry.error());
    if (!*entry) return fail("the close is missing");
    close.header = std::move((*entry)->header);
    close.coop = {std::move((*entry)->coop), (*entry)->coop_salt};
    close.index = static_cast<std::uint64_t>(row.index);
    auto proof = prover.prove(row.index);
    if (!proof) return unexpected(proof.error());
    close.proof = std::move(*proof);
    if (member >= row.count) return close;
    const auto bytes = source.vault.read_blob(source.store, "close", padded(row.period));
    if (!bytes) return unexpected(bytes.error());
    if (!*bytes) return fail("the list of a close is missing");
    const auto list = CloseList::decode(**bytes);
    if (!list) return unexpected(list.error());
    const auto& position = list->positions[static_cast<std::size_t>(member)];
    auto inner = list->proof(member);
    if (!inner) return unexpected(inner.error());
    close.position = record::ProvenPosition{{position.bytes, position.salt}, std::move(*inner)};
    return close;
}

Result<void> add_entries(
    const ProofSource& source, const Prover& prover, record::Payslip& slip, Int from, Int to
) {
    const std::string party = "m:" + std::to_string(slip.member);
    constexpr std::size_t page = 500;
    while (true) {
        const auto parts = source.store.parts_of(party, from, to, page);
        if (!parts) return unexpected(parts.error());
        for (const auto& part : *parts) {
            if (part.role != "member") continue;
            if (part.erased) return fail("a part was erased");
            auto entry = source.store.entry(part.index);
            if (!entry) return unexpected(entry.error());
            if (!*entry) return fail("an entry is missing");
            record::ProvenEntry proven;
            proven.header = std::move((*entry)->header);
            proven.index = static_cast<std::uint64_t>(part.index);
            proven.part = {{part.bytes, part.salt}, static_cast<std::uint64_t>(part.number)};
            auto proof = prover.prove(part.index);
            if (!proof) return unexpected(proof.error());
            proven.proof = std::move(*proof);
            slip.entries.push_back(std::move(proven));
        }
        if (parts->size() < page) return {};
        from = parts->back().index + 1;
    }
}

Result<record::ProvenShare>
prove_share(const ProofSource& source, const Prover& prover, const record::Line& line) {
    if (!line.distribution || !line.position) return fail("a line of a share names no place");
    const auto row =
        one_row<market::DistributionRow>(source.store, static_cast<Int>(*line.distribution));
    if (!row) return unexpected(row.error());
    if (!*row || (*row)->sealed == market::never) return fail("the seal of a share is missing");
    const Int sealed = (*row)->sealed;
    auto entry = source.store.entry(sealed);
    if (!entry) return unexpected(entry.error());
    if (!*entry) return fail("the seal of a share is missing");
    auto made = read_share_list(source.store, source.publisher.files(), sealed);
    if (!made) return unexpected(made.error());
    auto place = record::list_of(made->list.shares).prove(*line.position);
    if (!place) return unexpected(place.error());
    auto proof = prover.prove(sealed);
    if (!proof) return unexpected(proof.error());
    return record::ProvenShare{
        std::move(made->list.coop),
        std::move((*entry)->header),
        static_cast<std::uint64_t>(sealed),
        std::move(*place),
        std::move(*proof)
    };
}

Result<void> add_shares(const ProofSource& source, const Prover& prover, record::Payslip& slip) {
    for (const auto& entry : slip.entries) {
        const auto part = record::parse_member_part(entry.part.opening.bytes);
        if (!part) return unexpected(part.error());
        for (const auto& line : part->lines) {
            if (line.what != record::LineKind::share) continue;
            auto share = prove_share(source, prover, line);
            if (!share) return unexpected(share.error());
            slip.shares.push_back(std::move(*share));
        }
    }
    return {};
}

} // namespace

Result<std::string> make_payslip(const ProofSource& source, Int member, Int period) {
    const auto closing = one_row<market::PeriodRow>(source.store, period);
    if (!closing) return unexpected(closing.error());
    if (!*closing || member >= (*closing)->count) return fail("no_such_period");
    const Published published = source.publisher.published();
    if (published.size <= (*closing)->index) return fail("not_yet_published");
    const Prover prover(published.size, source.publisher.files().reader());
    record::Payslip slip;
    slip.checkpoint = published.checkpoint;
    slip.log = source.origin;
    slip.member = static_cast<std::uint64_t>(member);
    auto last = close_of(source, prover, **closing, member);
    if (!last) return unexpected(last.error());
    slip.closing = std::move(*last);
    Int from = 0;
    if (period > 1) {
        const auto opening = one_row<market::PeriodRow>(source.store, period - 1);
        if (!opening) return unexpected(opening.error());
        if (!*opening) return fail("the period before is missing");
        auto first = close_of(source, prover, **opening, member);
        if (!first) return unexpected(first.error());
        slip.opening = std::move(*first);
        from = (*opening)->index + 1;
    }
    if (auto ok = add_entries(source, prover, slip, from, (*closing)->index); !ok) {
        return unexpected(ok.error());
    }
    if (auto ok = add_shares(source, prover, slip); !ok) return unexpected(ok.error());
    return record::encode(slip);
}

Result<std::string> make_receipt(const ProofSource& source, const std::string& party, Int index) {
    const Published published = source.publisher.published();
    auto entry = source.store.entry(index);
    if (!entry) return unexpected(entry.error());
    if (!*entry) return fail("no_such_entry");
    const auto parts = source.store.parts_at(index);
    if (!parts) return unexpected(parts.error());
    record::Receipt receipt;
    receipt.header = std::move((*entry)->header);
    receipt.index = static_cast<std::uint64_t>(index);
    if (party.starts_with("m:")) {
        receipt.parts.push_back({{std::move((*entry)->coop), (*entry)->coop_salt}, 0});
    }
    bool involved = false;
    for (const auto& part : *parts) {
        if (part.party != party || part.erased) continue;
        involved = true;
        receipt.parts.push_back({{part.bytes, part.salt}, static_cast<std::uint64_t>(part.number)});
    }
    if (!involved) return fail("no_such_entry");
    if (published.size <= index) return fail("not_yet_published");
    const Prover prover(published.size, source.publisher.files().reader());
    auto proof = prover.prove(index);
    if (!proof) return unexpected(proof.error());
    receipt.proof = std::move(*proof);
    receipt.checkpoint = published.checkpoint;
    return record::encode(receipt);
}

} // namespace handprint::pipeline
