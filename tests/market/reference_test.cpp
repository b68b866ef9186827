// Transfers at the bank: each is entered once, whoever of the delegates has it on paper.

#include "ledger/base/hex.hpp"
#include "node/market/manifest.hpp"
#include "node/market/reference.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

/// Members 0 and 1 are owed wages; a licence fee can be shared out by their points.
Rig with_wages() {
    Rig rig;
    const Int open = rig.batch(4, 2);
    rig.must(rig.answers(open, {0, 1}), "m:0");
    rig.must(rig.answers(open, {0}), "m:1");
    rig.must(Accept{open, {{0, 0}, {1, 0}, {0, 1}}}, "r:0");
    return rig;
}

std::string share_out(Rig& rig, const Hash& reference) {
    auto made = rig.request(Income{Amount{1000}, "KES", 0, reference}, "d:1");
    std::vector<CreditRow> credits;
    for (const Int member : {0, 1})
        credits.push_back(rig.state.get<CreditRow>(Int{0}, member));
    const auto parts = royalty_parts(rig.state, Amount{1000}, rig.now);
    made.prepared.shares = prepare_shares(credits, parts.contributors);
    return rig.run(std::move(made));
}

/// A payout of what both are owed, under way.
void pay_out(Rig& rig) {
    rig.close();
    auto made = rig.request(Payout{Rig::checkpoint(rig.index), "KES"}, "d:0");
    for (const Int member : {0, 1}) {
        const auto owed = rig.owed("payable/m:" + std::to_string(member));
        made.prepared.payees.push_back({member, Amount{owed}});
    }
    const auto rows = made.prepared.payees;
    REQUIRE(rig.run(std::move(made)).empty());
    rig.must(PayoutChunk{0, 0, rows}, "clock");
    rig.must(PayoutSeal{0}, "clock");
}

template <class Transfer>
Transfer of_payout(Int member, const Hash& reference) {
    Transfer transfer;
    transfer.payout = 0;
    transfer.items = {member};
    transfer.reference = reference;
    return transfer;
}

template <class Transfer>
Transfer of_refund(Int refund, const Hash& reference) {
    Transfer transfer;
    transfer.refund = refund;
    transfer.reference = reference;
    return transfer;
}

/// The entry that has it, as the refusal says.
Int entered_in(Rig& rig, const Command& command) {
    const Hash before = rig.digest();
    const Context context{rig.now, rig.index, rig.claims};
    const auto refused = decide(rig.state, rig.request(command, "d:1"), context);
    REQUIRE_FALSE(refused);
    const Refusal& why = refused.error();
    CHECK(why.code == "reference_used");
    CHECK(why.family == Family::conflict);
    CHECK(why.field == "reference");
    REQUIRE(why.existing.size() == 1);
    CHECK(why.existing[0].first == "entry");
    CHECK(why.detail.find("entry " + std::to_string(why.existing[0].second)) != std::string::npos);
    CHECK(rig.digest() == before);
    return why.existing[0].second;
}

} // namespace

TEST_CASE("references: two who copy one off the bank's paper get the same hash") {
    Hash salt{};
    salt.fill(0x11);
    // The vector of docs/ledger-format.md.
    constexpr const char* vector =
        "99e778a7d19e7c1f29eee52d8d3539dcd1522232dbb997727bd4da897766a98e";
    for (const char* text : {"TT4711-B", "tt4711-b", " TT 4711\t-\r\nb ", "Tt4711-\v\fB"})
        CHECK(hex_encode(reference_hash(salt, text).value()) == vector);
    for (const char* other : {"TT4711B", "TT4711-C", "TT4711_B", "TT04711-B"})
        CHECK(hex_encode(reference_hash(salt, other).value()) != vector);
    CHECK(reference_hash(Hash{1}, "TT4711-B").value() != reference_hash(salt, "TT4711-B").value());
}

TEST_CASE("references: a text of nothing, of too much or of what looks like something else") {
    CHECK(plain_reference(std::string(128, 'x') + " ").value() == std::string(128, 'X'));
    CHECK(plain_reference("!\"#~09az").value() == "!\"#~09AZ");
    const std::string bad[] = {
        "",
        " \t\n",
        std::string(129, 'x'),
        "TT\xc2\xa0"
        "4711",
        "Ü17",
        std::string("a\0b", 3),
        "a\x7f"
    };
    for (const auto& text : bad) {
        CAPTURE(text);
        CHECK_FALSE(plain_reference(text));
        CHECK_FALSE(reference_hash(Hash{1}, text));
    }
}

TEST_CASE("references: money comes in once, as funding or as a fee, whoever enters it") {
    Rig rig = with_wages();
    const Hash first = named("first"), second = named("second");
    rig.must(Fund{Amount{5}, "KES", first, 0}, "d:0");
    const Int entry = rig.index - 1;
    CHECK(entered_in(rig, Fund{Amount{5}, "KES", first, 0}) == entry);
    CHECK(entered_in(rig, Fund{Amount{6}, "EUR", first, 1}) == entry);
    CHECK(entered_in(rig, Income{Amount{1000}, "KES", 0, first}) == entry);
    REQUIRE(share_out(rig, second).empty());
    const Int shared = rig.index - 1;
    CHECK(entered_in(rig, Fund{Amount{5}, "KES", second, 0}) == shared);
    // It says so before that a run is under way: waiting for the run would help nobody.
    CHECK(entered_in(rig, Income{Amount{1000}, "KES", 0, second}) == shared);
    const auto* row = rig.state.find<ReferenceRow>(reference_name(second));
    REQUIRE(row != nullptr);
    CHECK(row->index == shared);
    CHECK(row->payout == never);
    CHECK(row->refund == never);
}

TEST_CASE("references: a refused transfer leaves its reference free") {
    Rig rig = with_wages();
    CHECK(rig.run(Fund{Amount{5}, "KES", named("x"), 9}, "d:0") == "no_such_requester");
    CHECK(rig.run(of_refund<Settle>(0, named("x")), "d:0") == "not_in_transit");
    CHECK(rig.state.find<ReferenceRow>(reference_name(named("x"))) == nullptr);
    CHECK(rig.run(Fund{Amount{5}, "KES", named("x"), 0}, "d:1").empty());
}

TEST_CASE("references: one file of the bank carries out a payout piece by piece, and no other") {
    Rig rig = with_wages();
    const Hash incoming = named("incoming"), file = named("file"), sent = named("sent");
    rig.must(Fund{Amount{5}, "KES", incoming, 0}, "d:0");
    const Int funded = rig.index - 1;
    for (int refund = 0; refund < 3; ++refund)
        rig.must(Refund{Amount{10}, "KES"}, "r:0");
    pay_out(rig);

    CHECK(entered_in(rig, of_payout<Settle>(0, incoming)) == funded);
    CHECK(entered_in(rig, of_refund<Return>(0, incoming)) == funded);
    rig.must(of_payout<Settle>(0, file), "d:0");
    const Int settled = rig.index - 1;
    CHECK(rig.run(of_payout<Settle>(0, file), "d:0") == "not_in_transit");
    CHECK(entered_in(rig, of_refund<Settle>(0, file)) == settled);
    CHECK(entered_in(rig, Fund{Amount{5}, "KES", file, 0}) == settled);
    CHECK(entered_in(rig, Income{Amount{1000}, "KES", 0, file}) == settled);
    rig.must(of_payout<Return>(1, file), "d:1"); // what came back quotes it

    rig.must(of_refund<Settle>(0, sent), "d:0");
    const Int refunded = rig.index - 1;
    CHECK(rig.run(of_refund<Return>(0, sent), "d:1") == "not_in_transit");
    CHECK(entered_in(rig, of_refund<Settle>(1, sent)) == refunded);
    CHECK(entered_in(rig, of_payout<Return>(0, sent)) == refunded);
    rig.must(of_refund<Return>(2, named("back")), "d:1");
    CHECK(entered_in(rig, of_refund<Return>(1, named("back"))) == rig.index - 1);
    CHECK(rig.state.get<ReferenceRow>(reference_name(file)).index == settled);
    CHECK(rig.state.get<ReferenceRow>(reference_name(file)).payout == 0);
    CHECK(rig.state.get<ReferenceRow>(reference_name(named("back"))).refund == 2);
}

} // namespace handprint::market_test
