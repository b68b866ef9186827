// What the audit says when it decides a whole log again and one entry is not what the rules give:
// the log is an honest one, changed in memory.

#include "ledger/merkle/checkpoint.hpp"
#include "node/audit/replay.hpp"
#include "tests/audit/tape.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace handprint::audit_test {

namespace {

using Codes = std::set<std::string>;
using audit::ReadEntry;

struct Replayed {
    Codes codes;
    bool whole = false;
    audit::Figures figures{};
};

struct Film : MemorySetting {
    Story story = tell(world);
    Tape tape{world};

    Replayed with(const std::function<void(std::vector<ReadEntry>&)>& change) {
        std::vector<ReadEntry> entries;
        for (const Stored& stored : tape.entries)
            entries.push_back(tape.read(stored));
        change(entries);
        audit::Options options;
        options.vault = &world.vault();
        audit::Report report;
        audit::Replay replay(world.store(), options, report);
        for (auto& entry : entries)
            replay.take(entry);
        return {codes_of(report.findings), replay.whole(), report.figures};
    }

    /// When the first entry of the kind is changed.
    Replayed first(std::string_view kind, const std::function<void(ReadEntry&)>& change) {
        return with([&](auto& entries) { change(entries[tape.index_of(kind)]); });
    }
};

/// As after the evidence was erased: the events are believed if they fit.
void erase_evidence(ReadEntry& entry) {
    entry.has_evidence = entry.verified = false;
    entry.erased = 1;
}

} // namespace

TEST_CASE("a log decided again: what the audit finds in one that lies") {
    Film film;
    SUBCASE("not at all") {
        const auto honest = film.with([](auto&) {});
        CHECK(honest.codes.empty());
        CHECK(honest.whole);
        CHECK(honest.figures.not_decided_again == 0);
    }
    SUBCASE("entries that are missing or cannot be used") {
        const auto gap = film.with([&](auto& entries) {
            entries.erase(entries.begin() + static_cast<Int>(film.tape.index_of("fund")));
        });
        CHECK(gap.codes == Codes{"entry_missing"});
        CHECK_FALSE(gap.whole);
        const auto unusable = film.first("fund", [](ReadEntry& e) { e.usable = false; });
        CHECK(unusable.codes == Codes{"fold_stopped"});
        CHECK_FALSE(unusable.whole);
    }
    SUBCASE("who signed") {
        const auto erased = film.first("fund", erase_evidence);
        CHECK(erased.codes.empty());
        CHECK(erased.figures.not_decided_again == 1);
        const auto never_signed = film.first("fund", [](ReadEntry& e) {
            erase_evidence(e);
            e.erased = 0;
        });
        CHECK(never_signed.codes == Codes{"evidence_missing"});
        CHECK(
            film.first("fund", [](ReadEntry& e) { e.kind = "refund"; }).codes
            == Codes{"evidence_differs"}
        );
        CHECK(film.first(
                      "fund", [](ReadEntry& e) { e.request.actor = "d:1"; }
        ).codes.contains("evidence_differs"));
        CHECK(film.first(
                      "fund", [](ReadEntry& e) { e.request.id.bytes[0] ^= 1U; }
        ).codes.contains("evidence_differs"));
        CHECK(
            film.first("fund", [](ReadEntry& e) { e.log = "log.example/other"; }).codes
            == Codes{"wrong_log"}
        );
        CHECK(
            film.first("genesis", [](ReadEntry& e) { e.log = "log.example/other"; }).codes
            == Codes{"wrong_log"}
        );
    }
    SUBCASE("the header") {
        const auto by_clock =
            film.first("fund", [](ReadEntry& e) { e.header.authority = record::Authority::clock; });
        CHECK(by_clock.codes == Codes{"authority_differs"});
        CHECK(
            film.first("fund", [](ReadEntry& e) { ++e.header.rules; }).codes
            == Codes{"rules_differ"}
        );
        const auto reversed = film.first("fund", [](ReadEntry& e) {
            for (auto& sum : e.header.sums)
                sum.amount = -sum.amount;
        });
        CHECK(reversed.codes == Codes{"class_wrong_side"});
        CHECK(
            film.first("fund", [](ReadEntry& e) { e.header.parts.pop_back(); }).codes
            == Codes{"parts_differ"}
        );
        CHECK(
            film.first(
                    "fund", [](ReadEntry& e) { e.header.parts[1].role = record::Role::clock; }
            ).codes
            == Codes{"parts_differ"}
        );
        CHECK(
            film.first("fund", [](ReadEntry& e) { e.parts[0].bytes += ' '; }).codes
            == Codes{"part_differs"}
        );
    }
    SUBCASE("the chains of members") {
        const auto folded = [&](const std::function<void(ReadEntry&)>& change) {
            return film
                .first(
                    "accept",
                    [&](ReadEntry& e) {
                        erase_evidence(e);
                        change(e);
                    }
                )
                .codes;
        };
        CHECK(folded([](ReadEntry&) {}).empty());
        CHECK(folded([](ReadEntry& e) { ++e.members.at(0).counter; }) == Codes{"chain_broken"});
        CHECK(
            folded([](ReadEntry& e) { e.members.at(0).previous[0] ^= 1U; }) == Codes{"chain_broken"}
        );
        CHECK(folded([](ReadEntry& e) { e.members.at(0).member = 1000; }).contains("chain_broken"));
        CHECK(
            folded([](ReadEntry& e) { ++e.members.at(0).lines.at(0).amount; })
            == Codes{"lines_differ"}
        );
        CHECK(
            folded([](ReadEntry& e) { e.members.at(0).lines.pop_back(); }) == Codes{"lines_differ"}
        );
        CHECK(folded([](ReadEntry& e) { ++e.fold.chain.at(0).counter; }) == Codes{"fold_stopped"});
        // What is folded and does not fit ends it.
        CHECK(
            folded([](ReadEntry& e) { e.fold.opens.push_back("payable/m:9"); })
            == Codes{"fold_stopped"}
        );
        CHECK(folded([](ReadEntry& e) { e.fold.events.clear(); }) == Codes{"fold_stopped"});
    }
    SUBCASE("closes and what rests on checkpoints") {
        const auto other_root = film.first("close_period", [](ReadEntry& e) {
            std::get<market::PeriodClosed>(e.fold.events.at(0)).root[0] ^= 1U;
        });
        CHECK(other_root.codes.contains("close_list_differs"));
        CHECK_FALSE(other_root.codes.contains("close_position_differs"));
        // The last entry of a member before the close is another: the list is of another chain.
        const auto other_chain = film.with([&](auto& entries) {
            std::size_t last = film.tape.index_of("close_period");
            while (entries[last].members.empty())
                --last;
            entries[last].leaf[0] ^= 1U;
        });
        CHECK(other_chain.codes.contains("close_position_differs"));
        CHECK_FALSE(other_chain.codes.contains("close_list_differs"));
        const auto resting_on = [&](Int size, const Hash& root) {
            const merkle::NoteSigner log_signer{origin, key(log_key)};
            const merkle::Checkpoint lie{origin, static_cast<std::uint64_t>(size), root, {}};
            const auto note = merkle::sign_checkpoint(lie, log_signer).value();
            return film
                .first(
                    "payout",
                    [&](ReadEntry& e) {
                        std::get<market::Payout>(e.request.command).checkpoint = note;
                    }
                )
                .codes.contains("checkpoint_differs");
        };
        const auto root = [&](std::size_t size) {
            audit::LogTree tree;
            for (std::size_t i = 0; i < size; ++i)
                tree.append(film.tape.read(film.tape.entries.at(i)).leaf);
            return tree.root(size).value();
        };
        const std::size_t at = film.tape.index_of("payout");
        CHECK_FALSE(resting_on(static_cast<Int>(at), root(at)));
        CHECK(resting_on(static_cast<Int>(at), root(at - 1)));
        CHECK(resting_on(static_cast<Int>(at) + 1, root(at + 1))); // of what comes later
    }
}

} // namespace handprint::audit_test
