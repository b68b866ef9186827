// A member or a requester who has lost every key, and two delegates.

#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace handprint::market_test {

namespace {

constexpr Int three_days = 72 * 3600 * 1000;

Int propose(Rig& rig, Int member = 0, int fresh = 70, const char* delegate = "d:0") {
    rig.must(ProposeReenrolment{key(fresh), member}, delegate);
    return rig.index - 1;
}

Int propose_requester(Rig& rig, int fresh = 70) {
    rig.must(ProposeReenrolment{key(fresh), {}, 0}, "d:0");
    return rig.index - 1;
}

std::string by_key(Rig& rig, Command command, const char* actor, int signer) {
    auto request = rig.request(std::move(command), actor);
    request.key = key(signer);
    return rig.run(std::move(request));
}

} // namespace

TEST_CASE("reenrolment: proposed, waited for, confirmed by another delegate") {
    Rig rig;
    const auto before = rig.state.get<MemberRow>(Int{0});
    const Int proposal = propose(rig);
    const Int proposed = rig.now - 1;
    CHECK(rig.entries.back().parties == std::vector<std::string>{"", "m:0"}); // the notice
    CHECK(rig.entries.back().entry.header.kind == "propose_reenrolment");
    const ReenrolMember good{key(70), 0, proposal};
    rig.now = proposed + three_days - 1;
    CHECK(rig.run(good, "d:1") == "wait_not_over");
    rig.now = proposed + three_days;
    const Hash untouched = rig.digest();
    CHECK(rig.run(good, "d:0") == "same_delegate");
    CHECK(rig.run(good, "m:1") == "not_a_delegate");
    CHECK(rig.run(ReenrolMember{key(71), 0, proposal}, "d:1") == "proposal_differs");
    CHECK(rig.run(ReenrolMember{key(70), 1, proposal}, "d:1") == "proposal_differs");
    CHECK(rig.run(ReenrolMember{key(70), 0, proposal + 1}, "d:1") == "no_such_proposal");
    CHECK(rig.run(ReleasePayout{"KES", 0, proposal}, "d:1") == "no_such_proposal");
    CHECK(rig.digest() == untouched);
    REQUIRE(rig.run(good, "d:1").empty());
    CHECK(rig.run(good, "d:1") == "proposal_over");

    const auto after = rig.state.get<MemberRow>(Int{0});
    CHECK(after.counter == before.counter + 2);
    CHECK(after.valid_keys == key(70));
    CHECK(after.languages == before.languages);
    CHECK(by_key(rig, AddKey{key(72), "device"}, "m:0", 70).empty());
    CHECK(by_key(rig, AddKey{key(73), "device"}, "m:0", 30) == "key_revoked");
}

TEST_CASE("reenrolment: who, whom and with which key") {
    Rig rig;
    CHECK(rig.run(ProposeReenrolment{key(70), 0}, "m:1") == "not_a_delegate");
    CHECK(rig.run(ProposeReenrolment{key(70), 9}, "d:0") == "no_such_member");
    CHECK(rig.run(ProposeReenrolment{"AAAA", 0}, "d:0") == "bad_key");
    CHECK(rig.run(ProposeReenrolment{key_of_party("m:1"), 0}, "d:0") == "key_in_use");
    // The key may have been taken while the proposal waited.
    const Int proposal = propose(rig);
    rig.must(AddKey{key(70), "device"}, "m:1");
    rig.now += three_days;
    CHECK(rig.run(ReenrolMember{key(70), 0, proposal}, "d:1") == "key_in_use");
}

TEST_CASE("reenrolment: any valid key of the member ends every proposal of before") {
    Rig rig;
    rig.must(AddKey{key(71), "recovery"}, "m:0");
    const Int first = propose(rig), second = propose(rig, 0, 72, "d:1");
    CHECK(rig.run(ObjectReenrolment{first}, "m:1") == "no_such_proposal");
    CHECK(rig.run(ObjectReenrolment{first}, "d:0") == "not_a_holder");
    CHECK(by_key(rig, ObjectReenrolment{first}, "m:0", 71).empty());
    CHECK(rig.run(ObjectReenrolment{second}, "m:0") == "proposal_over");
    rig.now += three_days;
    CHECK(rig.run(ReenrolMember{key(70), 0, first}, "d:1") == "proposal_over");
    CHECK(rig.run(ReenrolMember{key(72), 0, second}, "d:0") == "proposal_over");
    // A new proposal waits anew; the wait cannot be made shorter.
    CHECK(rig.run(SetRule{0, 0, "reenrolment_wait_ms"}, "d:0") == "bad_value");
    const Int third = propose(rig);
    CHECK(rig.run(ReenrolMember{key(70), 0, third}, "d:1") == "wait_not_over");
}

TEST_CASE("reenrolment: a requester is enrolled anew, and escrow and grants go on") {
    Rig rig;
    rig.must(AddKey{key(71), "recovery"}, "r:0");
    const Int until = rig.now + 10 * three_days;
    rig.must(MakeGrant{Amount{1000}, "KES", key(15), until, {"refund"}, {}}, "r:0");
    const Int grant = rig.index - 1;
    const Int proposal = propose_requester(rig);
    // A requester has no chain: the delegate's envelope is kept as for all else a delegate signs.
    CHECK(rig.entries.back().parties == std::vector<std::string>{"", "d:0"});
    const ReenrolRequester good{key(70), proposal, 0};
    CHECK(rig.run(good, "d:1") == "wait_not_over");
    rig.now += three_days;
    const Hash untouched = rig.digest();
    CHECK(rig.run(good, "d:0") == "same_delegate");
    CHECK(rig.run(ReenrolRequester{key(70), proposal, 1}, "d:1") == "proposal_differs");
    CHECK(rig.run(ReenrolRequester{key(72), proposal, 0}, "d:1") == "proposal_differs");
    CHECK(rig.run(ReenrolMember{key(70), 0, proposal}, "d:1") == "no_such_proposal");
    CHECK(rig.digest() == untouched);
    REQUIRE(rig.run(good, "d:1").empty());
    CHECK(rig.run(good, "d:1") == "proposal_over");

    CHECK(rig.state.get<RequesterRow>(Int{0}).valid_keys == key(70));
    CHECK(rig.owed("escrow/r:0") == 1'000'000);
    const Refund refund{Amount{500}, "KES"};
    CHECK(rig.run(refund, "r:0") == "key_revoked");
    CHECK(by_key(rig, AddKey{key(73), "device"}, "r:0", 71) == "key_revoked");
    CHECK(by_key(rig, refund, "r:0", 70).empty());
    CHECK(rig.run(refund, "r:0", grant).empty()); // the agent's key is not one of the requester
    CHECK(by_key(rig, RevokeGrant{grant}, "r:0", 70).empty());
    CHECK(rig.run(refund, "r:0", grant) == "grant_revoked");
}

TEST_CASE("reenrolment: a requester who still has a key objects") {
    Rig rig;
    rig.must(AddKey{key(71), "recovery"}, "r:0");
    const Int proposal = propose_requester(rig);
    CHECK(rig.run(ObjectReenrolment{proposal}, "r:1") == "no_such_proposal");
    CHECK(rig.run(ObjectReenrolment{proposal}, "m:0") == "no_such_proposal");
    CHECK(by_key(rig, ObjectReenrolment{proposal}, "r:0", 71).empty());
    rig.now += three_days;
    CHECK(rig.run(ReenrolRequester{key(70), proposal, 0}, "d:1") == "proposal_over");
}

TEST_CASE("reenrolment: a proposal is about one party that is there") {
    Rig rig;
    CHECK(rig.run(ProposeReenrolment{key(70)}, "d:0") == "bad_argument");
    CHECK(rig.run(ProposeReenrolment{key(70), 0, 0}, "d:0") == "bad_argument");
    CHECK(rig.run(ProposeReenrolment{key(70), {}, 9}, "d:0") == "no_such_requester");
}

TEST_CASE("reenrolment: who reads its rows asks again once the member is there") {
    Rig rig;
    const Int proposal = propose(rig);
    const auto made = rig.request(ReenrolMember{key(70), 0, proposal}, "d:1");
    State none; // as after a start
    std::vector<Key> missing;
    CHECK(
        keys_of(made, none, missing) == Named::more
    ); // the keys that end stand in the member's row
    none.load(key_of<MemberRow>(Int{0}), Row{rig.state.get<MemberRow>(Int{0})});
    missing.clear();
    CHECK(keys_of(made, none, missing) == Named::all);
    const Key old = key_of<KeyRow>(key_of_party("m:0"));
    CHECK(std::count(missing.begin(), missing.end(), old) == 1);
}

} // namespace handprint::market_test
