// What holds whatever happens: leases end on time, wages round up, submitted work is paid.

#include "ledger/record/fixed_names.hpp"
#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

#include <functional>

namespace handprint::market_test {

TEST_CASE("properties: a lease is over at its end, not before and not after") {
    Rig rig;
    const Int open = rig.batch(4, 1);
    auto skilled = [&](Int member) { rig.state.put(SkillRow{member, "text", 1, 0}); };
    skilled(0);
    skilled(1);
    ClaimBook book;
    rig.claims = &book;
    const auto claim = [&](Int member, Int at) {
        return decide_claim(rig.state, Claim{member, open, 1, {0}}, {at, never, &book});
    };
    const auto mine = claim(0, rig.now);
    REQUIRE(mine);
    CHECK(mine->until == rig.now + 600'000);
    const Int until = mine->until;
    book.set(0, open, until, {0});
    rig.state.put(ClaimRow{0, open, until, "0"});

    for (const auto& [at, held] :
         {std::pair{until - 1, true}, std::pair{until, false}, std::pair{until + 1, false}}) {
        INFO((at - until));
        // Nobody else gets the task while it is held,
        const auto other = claim(1, at);
        CHECK(other.has_value() == !held);
        // and only who holds it hands it in.
        Rig then = rig;
        then.now = at;
        CHECK(then.run(rig.answers(open, {0}), "m:0") == (held ? "" : "lease_over"));
        Rig elsewhere = rig;
        elsewhere.now = at;
        CHECK(
            elsewhere.run(rig.answers(open, {1}), "m:0") == (held ? "not_claimed" : "lease_over")
        );
        Rig closing = rig;
        closing.now = at;
        CHECK(closing.run(CloseBatch{open}, "r:0") == (held ? "work_in_hand" : ""));
    }
}

TEST_CASE("properties: wages are rounded up for the member, fees for the cooperative, in total") {
    // 2.505 shillings a task: 250.5 minor units; 10 % fee: 25.05.
    const std::vector<std::vector<std::vector<TaskMember>>> ways = {
        {{{0, 0}}, {{1, 0}}, {{2, 0}}},
        {{{0, 0}, {1, 0}}, {{2, 0}}},
        {{{0, 0}}, {{1, 0}, {2, 0}}},
        {{{0, 0}, {1, 0}, {2, 0}}},
    };
    for (const auto& way : ways) {
        Rig rig;
        const Int open = rig.batch(3, 1);
        const Int held = rig.owed("hold/b:0");
        CHECK(held == 752 + 76 + 3); // labour 751.5, fee 75.15, one unit a slot for rounding
        rig.must(rig.answers(open, {0, 1, 2}), "m:0");
        for (const auto& items : way)
            rig.must(Accept{open, items}, "r:0");
        CHECK(rig.owed("payable/m:0") == 752);
        CHECK(rig.owed("fee/coop") == 76);
        rig.must(CloseBatch{open}, "r:0");
        CHECK(rig.owed("hold/b:0") == 0);
        CHECK(rig.owed("escrow/r:0") == 1'000'000 - 752 - 76);
    }
}

TEST_CASE("properties: no command leads from submitted to unpaid") {
    Rig start;
    const Int open = start.batch(3, 2);
    start.must(start.answers(open, {0, 1}), "m:0");
    start.must(start.answers(open, {0}), "m:1");
    start.must(Accept{open, {{1, 0}}}, "r:0");
    start.must(
        MakeGrant{
            Amount{500'000}, "KES", key(15), start.now + 10'000'000, {"close_batch", "refund"}, {}
        },
        "r:0"
    );
    start.must(AddKey{key(60), "device"}, "m:0");
    Settle settle;
    settle.payout = 0;
    settle.items = {0};
    settle.reference = named("carried out");
    Settle refund;
    refund.refund = 0;
    refund.reference = named("sent");
    Return back;
    back.payout = 0;
    back.items = {0};
    back.reference = named("came back");
    const std::vector<Command> commands = {
        Genesis{},
        EnrolMember{key(61), {"en"}, {}},
        AddKey{key(61), "device"},
        RevokeKey{key(60)},
        RevokeKey{key_of_party("m:0")},
        RegisterRequester{key(61)},
        RegisterRequester{key(61), key(62)},
        AddKey{key(61), "recovery"},
        RevokeKey{key_of_party("r:0")},
        ProposeReenrolment{key(61), {}, 0},
        RevokeGrant{start.index - 2},
        MakeGrant{Amount{1}, "KES", key(62), start.now + 1'000'000, {"accept"}, {}},
        CreateProject{Hash{}, named("x")},
        terms(0, "x"),
        ImportTasks{open, 1, 1, Hash{}},
        ImportChunk{open, 0, 1, Hash{}, task_names(open, 0, 1)},
        ImportSeal{open},
        Publish{open},
        CloseBatch{open},
        Fund{Amount{1}, "KES", named("a transfer"), 0},
        start.answers(open, {0}),
        start.answers(open, {2}),
        Accept{open, {{0, 0}}},
        Accept{open, {{0, 1}}},
        Accept{open, {{0, 0}, {0, 1}}},
        Refund{Amount{1000}, "KES"},
        Refund{Amount{999'999}, "KES"},
        Income{Amount{100}, "KES", 0, named("a fee")},
        Surplus{Amount{1}, "KES", 0},
        ClosePeriod{},
        Payout{"", "KES"},
        settle,
        refund,
        back,
        SetRule{0, 0, "fee_bps"},
        SetRule{0, 0, "accept_max_ms"},
        ConfirmClock{start.now},
        AutoAccept{open, {{0, 0}}},
        AutoAccept{open, {{0, 0}, {0, 1}}},
        DistributionChunk{0, 0, {}},
        DistributionSeal{0},
        PayoutChunk{0, 0, {{0, Amount{1}}}},
        PayoutSeal{0},
        Grade{open, 0, 0, Hash{}, {0}},
        Grade{open, 0, 0, Hash{}, {}}
    };
    const Int paid = start.owed("payable/m:0");
    REQUIRE(paid == 251);
    int carried_out = 0;
    for (const Int later : {Int{0}, Int{70'000}}) {
        for (const Command& command : commands) {
            for (const char* actor : {"m:0", "m:1", "m:3", "r:0", "r:1", "d:0", "clock"}) {
                Rig rig = start;
                rig.now += later;
                if (!rig.run(command, actor).empty()) continue;
                ++carried_out;
                INFO(kind_of(command), " by ", actor);
                for (const TaskMember& item : {TaskMember{0, 0}, TaskMember{0, 1}}) {
                    const auto& work = rig.state.get<AssignmentRow>(open, item.task, item.member);
                    const auto due =
                        start.state.get<AssignmentRow>(open, item.task, item.member).due;
                    const bool waits = work.state == static_cast<Int>(AssignmentState::submitted);
                    CHECK(work.due == due); // nobody puts it off
                    CHECK((waits || work.wage > 0));
                    // Whatever was done, the clock can still pay for it.
                    Rig end = rig;
                    end.now = due;
                    if (waits) CHECK(end.run(AutoAccept{open, {item}}, "clock").empty());
                }
                CHECK(rig.owed("payable/m:0") >= paid);
            }
        }
    }
    CHECK(carried_out > 30);
}

TEST_CASE("properties: a refused command changes nothing, in the middle of a batch of commands too"
) {
    Rig rig;
    const Int open = rig.batch();
    rig.must(rig.answers(open, {0}), "m:0");
    (void)rig.state.take_changes();
    const Hash before = rig.digest();
    CHECK(rig.run(Accept{open, {{0, 0}, {1, 0}}}, "r:0") == "not_submitted");
    CHECK(rig.run(Refund{Amount{2'000'000}, "KES"}, "r:0") == "not_covered");
    CHECK(rig.digest() == before);
    const auto changes = rig.state.take_changes();
    CHECK(changes.upserts.empty());
    CHECK(changes.erases.empty());
}

TEST_CASE("properties: genesis names the founders, who enrol as everybody does") {
    Rig other;
    Rig rig = other;
    rig.state.clear();
    rig.state.whole();
    rig.index = 0;
    Genesis genesis;
    genesis.clock_key = key(3);
    genesis.promise_key = key(2);
    genesis.origin = "log.example/coop";
    genesis.policy = other.state.get<CoopRow>(1).policy;
    genesis.currencies = {"KES"};
    genesis.delegates = {key_of_party("d:0")};
    genesis.formats = record::fixed_names().formats;
    genesis.domains = record::fixed_names().domains;
    genesis.founders = {key_of_party("m:0"), key_of_party("m:1")};
    genesis.founders.push_back(key_of_party("m:1"));
    CHECK(rig.run(genesis, "d:0") == "bad_key");
    genesis.founders.pop_back();
    const auto events = rig.must(genesis, "d:0");
    CHECK(std::get<GenesisDone>(events.front()).founders == genesis.founders);
    CHECK(rig.state.get<CoopRow>(1).members == 0);
    auto enrol = rig.request(EnrolMember{key_of_party("m:0"), {"en"}, {}}, "new");
    enrol.key = key_of_party("m:0");
    CHECK(rig.run(enrol).empty());
    CHECK(rig.state.get<MemberRow>(Int{0}).counter == 1);
}

} // namespace handprint::market_test
