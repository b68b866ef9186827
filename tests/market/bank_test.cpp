// What comes from the bank and goes there: amounts at their ends, transfers under way, grants.

#include "node/market/manifest.hpp"
#include "tests/market/table.hpp"

namespace handprint::market_test {

namespace {

constexpr Int most = 100'000'000'000; // as docs/rules.md has it

/// Members 0 and 1 are owed 10 and 10, and a payout of both is open with its chunk done; a refund
/// of 10 is under way.
Rig with_transfers(bool sealed) {
    Rig rig;
    const Int open = rig.batch(1, 2);
    rig.must(rig.answers(open, {0}), "m:0");
    rig.must(rig.answers(open, {0}), "m:1");
    rig.must(Accept{open, {{0, 0}, {0, 1}}}, "r:0");
    rig.must(Refund{Amount{10}, "KES"}, "r:0");
    rig.close();
    const std::vector<PaidTo> rows{
        {0, Amount{rig.owed("payable/m:0")}}, {1, Amount{rig.owed("payable/m:1")}}
    };
    auto made = rig.request(Payout{Rig::checkpoint(rig.index), "KES"}, "d:0");
    made.prepared.payees = rows;
    REQUIRE(rig.run(std::move(made)).empty());
    rig.must(PayoutChunk{0, 0, rows}, "clock");
    if (sealed) rig.must(PayoutSeal{0}, "clock");
    return rig;
}

template <class C>
C of_payout(std::vector<Int> members, const char* reference = "one transfer") {
    C command;
    command.items = std::move(members);
    command.payout = 0;
    command.reference = named(reference);
    return command;
}

/// Account class and reason of each line that a member's part of the newest entry has.
std::vector<std::string> lines_of(const Rig& rig) {
    std::vector<std::string> found;
    for (const auto& part : rig.entries.back().entry.parts) {
        if (part.role != record::Role::member) continue;
        for (const char* account : {"in_transit", "payable"}) {
            for (const char* why : {"settled", "returned"}) {
                const std::string quoted = '"' + std::string(account) + '"';
                const bool has =
                    part.bytes.find(quoted) != std::string::npos
                    && part.bytes.find('"' + std::string(why) + '"') != std::string::npos;
                if (has) found.push_back(std::string(account) + ' ' + why);
            }
        }
    }
    return found;
}

template <class C>
C of_refund(Int refund) {
    C command;
    command.refund = refund;
    command.reference = named("one transfer");
    return command;
}

} // namespace

TEST_CASE("bank: the smallest amount, the largest, and all there is") {
    Rig rig;
    const Hash paid = named("transfer 17");
    const Int all = rig.owed("escrow/r:0");
    check(
        rig,
        {
            {"one", Fund{Amount{1}, "KES", paid, 0}, "d:0", ""},
            {"nothing", Fund{Amount{0}, "KES", paid, 0}, "d:0", "bad_amount"},
            {"the most", Fund{Amount{most}, "KES", paid, 0}, "d:0", ""},
            {"and one", Fund{Amount{most + 1}, "KES", paid, 0}, "d:0", "bad_amount"},
            {"a fee of nothing", Income{Amount{0}, "KES", 0, paid}, "d:0", "bad_amount"},
            {"a fee in dollars", Income{Amount{5}, "USD", 0, paid}, "d:0", "unknown_currency"},
            {"a surplus of nothing", Surplus{Amount{0}, "KES", 0}, "d:0", "bad_amount"},
            {"a refund of nothing", Refund{Amount{0}, "KES"}, "r:0", "bad_amount"},
            {"a refund of all", Refund{Amount{all}, "KES"}, "r:0", ""},
            {"and one", Refund{Amount{all + 1}, "KES"}, "r:0", "not_covered"},
            {"in a currency that nothing came in", Refund{Amount{1}, "EUR"}, "r:0", "not_covered"},
            {"a fee, by a member", Income{Amount{5}, "KES", 0, paid}, "m:0", "not_a_delegate"},
            {"a surplus, by a member", Surplus{Amount{5}, "KES", 0}, "m:0", "not_a_delegate"},
        }
    );
}

TEST_CASE("bank: a surplus is of what fees have brought") {
    Rig rig;
    const Int open = rig.batch(1, 1);
    rig.must(rig.answers(open, {0}), "m:0");
    rig.must(Accept{open, {{0, 0}}}, "r:0");
    const Int fees = rig.owed("fee/coop");
    REQUIRE(fees > 0);
    const auto share = [&](Int amount) {
        Rig copy = rig;
        auto made = copy.request(Surplus{Amount{amount}, "KES", 0}, "d:0");
        const std::vector<CreditRow> credits{copy.state.get<CreditRow>(Int{0}, Int{0})};
        made.prepared.shares = prepare_shares(credits, Amount{amount});
        auto code = copy.run(std::move(made));
        if (code.empty()) {
            CHECK(copy.owed("fee/coop") == fees - amount);
            CHECK(copy.owed("suspense/share:0") == amount);
        }
        return code;
    };
    CHECK(share(fees).empty());
    CHECK(share(fees + 1) == "not_covered");
    CHECK(rig.run(Surplus{Amount{1}, "KES", 1}, "d:0") == "no_contributors");
    CHECK(rig.run(Surplus{Amount{1}, "KES", 9}, "d:0") == "no_such_project");
}

TEST_CASE("bank: what was carried out is under way, each once and in order") {
    const Rig rig = with_transfers(true);
    auto both = of_payout<Settle>({0});
    both.refund = 0;
    auto refund_items = of_refund<Settle>(0);
    refund_items.items = std::vector<Int>{0};
    auto no_items = of_payout<Settle>({});
    no_items.items.reset();
    check(
        rig,
        {
            {"carried out", of_payout<Settle>({0, 1}), "d:0", ""},
            {"in part", of_payout<Settle>({1}), "d:0", ""},
            {"came back", of_payout<Return>({0, 1}), "d:0", ""},
            {"to nobody", of_payout<Settle>({}), "d:0", "item_count"},
            {"to 101", of_payout<Settle>(std::vector<Int>(101, 0)), "d:0", "item_count"},
            {"twice to one", of_payout<Settle>({0, 0}), "d:0", "not_in_transit"},
            {"out of order", of_payout<Settle>({1, 0}), "d:0", "not_in_transit"},
            {"to who was sent nothing", of_payout<Settle>({2}), "d:0", "not_in_transit"},
            {"a payout and a refund", both, "d:0", "one_of"},
            {"a refund with members", refund_items, "d:0", "one_of"},
            {"a payout without members", no_items, "d:0", "one_of"},
            {"a refund", of_refund<Settle>(0), "d:0", ""},
            {"a refund that is none", of_refund<Settle>(1), "d:0", "not_in_transit"},
        }
    );
    check(
        with_transfers(false),
        {
            {"before its seal", of_payout<Settle>({0}), "d:0", "not_sealed"},
            {"back before its seal", of_payout<Return>({0}), "d:0", "not_sealed"},
        }
    );
}

TEST_CASE("bank: a transfer ends once, in what it was said to be") {
    const Rig start = with_transfers(true);
    const Int sent = start.owed("in_transit/m:0");
    const Int bank = start.owed("bank/main");
    REQUIRE(sent > 0);
    Rig settled = start;
    CHECK(std::holds_alternative<Settled>(settled.must(of_payout<Settle>({0}), "d:0").front()));
    CHECK(lines_of(settled) == std::vector<std::string>{"in_transit settled"});
    CHECK(settled.owed("in_transit/m:0") == 0);
    CHECK(settled.owed("payable/m:0") == 0);
    CHECK(settled.owed("bank/main") == bank + sent);
    CHECK(settled.run(of_payout<Settle>({0}, "again"), "d:0") == "not_in_transit");
    CHECK(settled.run(of_payout<Return>({0}, "again"), "d:0") == "not_in_transit");
    Rig back = start;
    const auto events = back.must(of_payout<Return>({0}), "d:0");
    CHECK(std::get<Returned>(events.front()).items == std::vector<PaidTo>{{0, Amount{sent}}});
    CHECK(lines_of(back) == std::vector<std::string>{"in_transit returned", "payable returned"});
    CHECK(back.owed("in_transit/m:0") == 0);
    CHECK(back.owed("payable/m:0") == sent);
    CHECK(back.owed("bank/main") == bank);
    CHECK(back.run(of_payout<Settle>({0}, "again"), "d:0") == "not_in_transit");
    // The transfer that brought it back is no funding of anybody.
    const Fund once_more{Amount{sent}, "KES", named("one transfer"), 0};
    CHECK(back.run(once_more, "d:0") == "reference_used");
    CHECK(settled.run(once_more, "d:0") == "reference_used");

    const Int escrow = start.owed("escrow/r:0");
    Rig paid = start;
    CHECK(std::holds_alternative<RefundSettled>(paid.must(of_refund<Settle>(0), "d:0").front()));
    CHECK(paid.owed("bank/main") == bank + 10);
    CHECK(paid.owed("escrow/r:0") == escrow);
    CHECK(paid.owed("in_transit/refund:0") == 0);
    auto again = of_refund<Return>(0);
    again.reference = named("again");
    CHECK(paid.run(again, "d:0") == "not_in_transit");
    Rig kept = start;
    CHECK(std::holds_alternative<RefundReturned>(kept.must(of_refund<Return>(0), "d:0").front()));
    CHECK(kept.owed("bank/main") == bank);
    CHECK(kept.owed("escrow/r:0") == escrow + 10);
    CHECK(kept.owed("in_transit/refund:0") == 0);
    auto settled_after = of_refund<Settle>(0);
    settled_after.reference = named("again");
    CHECK(kept.run(settled_after, "d:0") == "not_in_transit");
}

TEST_CASE("bank: a grant's cap covers what it publishes and refunds, and counts it") {
    Rig rig;
    rig.must(
        MakeGrant{
            Amount{100}, "KES", key(15), rig.now + 100'000, {"publish", "refund"}, std::nullopt
        },
        "r:0"
    );
    const Int grant = rig.index - 1;
    rig.must(Fund{Amount{1000}, "EUR", named("euros"), 0}, "d:0");
    const auto refund = [&rig, grant](Int amount, const char* currency) {
        return rig.run(Refund{Amount{amount}, currency}, "r:0", grant);
    };
    CHECK(refund(101, "KES") == "over_cap");
    CHECK(refund(10, "EUR") == "over_cap");
    CHECK(refund(60, "KES").empty());
    CHECK(refund(41, "KES") == "over_cap");
    CHECK(refund(40, "KES").empty());
    CHECK(refund(1, "KES") == "over_cap");
    CHECK(rig.run(Refund{Amount{1}, "KES"}, "r:0").empty()); // of its own, without the grant
}

} // namespace handprint::market_test
