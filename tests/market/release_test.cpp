// Pay that two delegates release because the quorum of witnesses fails.

#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::market_test {

namespace {

constexpr Int day = 24 * 3600 * 1000;

/// Member 0 has earned 30 in the period that was closed just now.
Rig with_wages() {
    Rig rig;
    const Int open = rig.batch(4, 2);
    rig.must(rig.answers(open, {0, 1, 2}), "m:0");
    rig.must(Accept{open, {{0, 0}, {1, 0}, {2, 0}}}, "r:0");
    rig.close();
    return rig;
}

Int propose(Rig& rig, const char* delegate = "d:0") {
    rig.must(ProposeRelease{}, delegate);
    return rig.index - 1;
}

std::string release(
    Rig& rig, Int proposal, const char* actor = "d:1", const char* currency = "KES", Int period = 1
) {
    auto made = rig.request(ReleasePayout{currency, period, proposal}, actor);
    made.prepared.payees = {{0, Amount{rig.owed("payable/m:0")}}};
    const Hash before = rig.digest();
    auto code = rig.run(std::move(made));
    CHECK((rig.digest() == before) == !code.empty());
    return code;
}

void finish(Rig& rig) {
    const Int payout = rig.state.get<CoopRow>(1).open_payout;
    REQUIRE(payout != never);
    rig.must(PayoutChunk{0, payout, {{0, Amount{rig.owed("payable/m:0")}}}}, "clock");
    rig.must(PayoutSeal{payout}, "clock");
}

} // namespace

TEST_CASE("release: one delegate proposes, another releases a day later, and it shows in public") {
    Rig rig = with_wages();
    const Int owed = rig.owed("payable/m:0");
    REQUIRE(owed > 0);
    const Int proposal = propose(rig);
    rig.now += day;
    REQUIRE(release(rig, proposal).empty());
    CHECK(rig.entries.back().entry.header.kind == "release_without_quorum");
    CHECK(rig.state.get<CoopRow>(1).uncovered == rig.index - 1);
    finish(rig);
    CHECK(rig.owed("in_transit/m:0") == owed);
    CHECK(release(rig, proposal) == "already_paid_out");
}

TEST_CASE("release: too early, by one alone, by nobody's word") {
    Rig rig = with_wages();
    const Int proposal = propose(rig);
    const Int proposed = rig.now - 1;
    CHECK(rig.run(ProposeRelease{}, "d:1") == "already_proposed");
    CHECK(rig.run(ProposeRelease{}, "m:0") == "not_a_delegate");
    rig.now = proposed + day - 1;
    CHECK(release(rig, proposal) == "wait_not_over");
    rig.now = proposed + day;
    CHECK(release(rig, proposal, "d:0") == "same_delegate");
    CHECK(release(rig, proposal, "m:0") == "not_a_delegate");
    CHECK(release(rig, proposal, "r:0") == "not_a_delegate");
    CHECK(release(rig, proposal - 1) == "no_such_proposal");
    CHECK(release(rig, proposal, "d:1", "USD") == "unknown_currency");
    CHECK(release(rig, proposal, "d:1", "KES", 2) == "other_period");
    CHECK(rig.run(ReleasePayout{"KES", 1, proposal}, "d:1") == "nothing_payable");
    CHECK(release(rig, proposal).empty());
}

TEST_CASE("release: a checkpoint of the quorum over the proposal ends it") {
    Rig rig = with_wages();
    const Int proposal = propose(rig);
    CHECK(rig.run(RecordCheckpoint{"no note"}, "m:1") == "checkpoint_malformed");
    CHECK(rig.run(RecordCheckpoint{Rig::checkpoint(proposal)}, "m:1") == "nothing_to_cover");
    auto stranger = rig.request(RecordCheckpoint{Rig::checkpoint(proposal + 1)}, "new");
    stranger.key = key(90);
    CHECK(rig.run(std::move(stranger)) == "key_unknown");
    const Int counter = rig.state.get<MemberRow>(Int{1}).counter;
    const auto record = RecordCheckpoint{Rig::checkpoint(proposal + 1)};
    rig.must(record, "m:1"); // anybody may say it
    CHECK(rig.state.get<MemberRow>(Int{1}).counter == counter + 1);
    rig.now += day;
    CHECK(release(rig, proposal) == "proposal_over");
    CHECK(rig.run(record, "d:0") == "nothing_to_cover");
    // The next proposal waits from its own time.
    const Int second = propose(rig);
    CHECK(release(rig, second) == "wait_not_over");
}

TEST_CASE("release: the next payday waits until the last one is cosigned") {
    Rig rig = with_wages();
    const Int proposal = propose(rig);
    rig.now += day;
    REQUIRE(release(rig, proposal).empty());
    const Int released = rig.index - 1;
    finish(rig);
    rig.close();
    CHECK(release(rig, proposal, "d:1", "KES", 2) == "release_not_covered");
    CHECK(rig.run(RecordCheckpoint{Rig::checkpoint(proposal + 1)}, "clock").empty());
    CHECK(rig.run(ProposeRelease{}, "d:0") == "release_not_covered");
    CHECK(rig.run(RecordCheckpoint{Rig::checkpoint(released)}, "clock") == "nothing_to_cover");
    CHECK(rig.run(RecordCheckpoint{Rig::checkpoint(released + 1)}, "clock").empty());
    CHECK(rig.state.get<CoopRow>(1).uncovered == never);
    CHECK(rig.run(ProposeRelease{}, "d:1").empty());
}

TEST_CASE("release: the wait may be made longer by a rule, and not shorter") {
    Rig rig = with_wages();
    CHECK(rig.run(SetRule{0, day - 1, "release_wait_ms"}, "d:0") == "bad_value");
    CHECK(rig.run(SetRule{0, 366 * day, "release_wait_ms"}, "d:0") == "bad_value");
    rig.must(SetRule{0, 2 * day, "release_wait_ms"}, "d:0");
    const Int proposal = propose(rig);
    rig.now += day;
    CHECK(release(rig, proposal) == "wait_not_over");
    rig.now += day;
    CHECK(release(rig, proposal).empty());
}

TEST_CASE("release: who reads its rows asks again once the cooperative's row is there") {
    Rig rig = with_wages();
    const Int proposal = propose(rig);
    State none; // as after a start
    std::vector<Key> missing;
    const auto made = rig.request(ReleasePayout{"KES", 1, proposal}, "d:1");
    CHECK(keys_of(made, none, missing) == Named::more);
}

} // namespace handprint::market_test
