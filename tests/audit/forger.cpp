#include "node/market/apply.hpp"
#include "node/market/carry_out.hpp"
#include "node/market/entry_seal.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

Forger::Forger(World& world) : world_(world), head_(world.store().head().value()) {
    state_.whole();
    const auto entries = world.store().entries(0, static_cast<std::size_t>(head_.size));
    REQUIRE(entries);
    for (const auto& entry : *entries) {
        const auto header = record::parse_header(entry.header);
        const auto coop = record::parse_coop_part(entry.coop);
        REQUIRE(header);
        REQUIRE(coop);
        const auto fold = market::read_fold_entry(*header, *coop);
        REQUIRE(fold);
        REQUIRE(market::fold(state_, *fold, entry.index, record::leaf_hash(entry.header)).empty());
    }
    (void)state_.take_changes();
}

void Forger::append(const market::Request& request, Int time) {
    const auto done =
        market::carry_out(state_, request, {time, head_.size, nullptr}, [this] { return salt(); });
    if (!done) FAIL(done.error().code);
    commit(done->sealed, time);
}

void Forger::append(const market::Request& request, const market::Draft& draft, Int time) {
    const auto* coop = state_.find<market::CoopRow>(1);
    const Int rules = coop == nullptr ? 0 : coop->rules;
    market::apply(state_, draft.events, {head_.size, time, request.grant});
    const auto opened = market::apply_postings(state_, draft.postings);
    const auto sealed =
        market::seal_entry(state_, request, draft, time, rules, opened, [this] { return salt(); });
    REQUIRE(sealed);
    state_.put(market::CommandRow{request.id.hex(), request.actor, head_.size});
    commit(*sealed, time);
}

record::Salt Forger::salt() {
    record::Salt salt{};
    world_.vault().fill(salt);
    return salt;
}

void Forger::commit(const market::SealedEntry& sealed, Int time) {
    const auto& entry = sealed.entry;
    std::vector<Hash> hashes;
    for (std::size_t at = 0; at + 32 <= head_.frontier.size(); at += 32) {
        hashes.push_back(to_array<32>(ByteView(head_.frontier).subspan(at, 32)).value());
    }
    auto frontier =
        merkle::Frontier::from_parts(static_cast<std::uint64_t>(head_.size), hashes).value();
    frontier.append(entry.leaf);
    store::Batch batch;
    batch.expected = head_;
    batch.entries.push_back(
        {head_.size, entry.header_bytes, entry.parts[0].salt, entry.parts[0].bytes}
    );
    for (std::size_t i = 1; i < entry.parts.size(); ++i) {
        const auto& part = entry.parts[i];
        batch.parts.push_back(
            {sealed.parties[i],
             head_.size,
             static_cast<Int>(i),
             std::string(record::name(part.role)),
             part.salt,
             part.bytes,
             false}
        );
    }
    ++head_.size;
    head_.root = frontier.root();
    head_.time = time;
    head_.frontier.clear();
    for (const Hash& part : frontier.parts())
        handprint::append(head_.frontier, part);
    batch.next = head_;
    auto changes = state_.take_changes();
    batch.upserts = std::move(changes.upserts);
    batch.erases = std::move(changes.erases);
    REQUIRE(world_.store().commit(batch).outcome == store::Outcome::committed);
}

} // namespace handprint::audit_test
