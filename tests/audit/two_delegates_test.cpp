// What takes two delegates, tried by one, too early, and by an operator who writes it in.

#include "ledger/record/payslip.hpp"
#include "tests/audit/setting.hpp"

namespace handprint::audit_test {

namespace {

using namespace market;

Int propose(World& world) {
    return world.entry(ProposeRelease{}, "d:0", delegate).result.at("proposal").integer();
}

std::string release(World& world, Int proposal, Int number = 1) {
    const auto signer = static_cast<std::uint8_t>(delegate + number);
    const std::string actor = "d:" + std::to_string(number);
    return world.run(ReleasePayout{"KES", 1, proposal}, actor, signer).refusal.code;
}

Int propose_anew(World& world, Int number, std::uint8_t fresh) {
    return world.entry(ProposeReenrolment{key_text(fresh), number}, "d:0", delegate)
        .result.at("proposal")
        .integer();
}

} // namespace

TEST_CASE("attack: pay released by one delegate, too early") {
    Setting s;
    tell_period(s.world);
    const Int proposal = propose(s.world);
    CHECK(release(s.world, proposal) == "wait_not_over");
    auto row = s.world.row<ProposalRow>(proposal);
    SUBCASE("by one delegate") {
        s.world.advance(wait_ms);
        CHECK(release(s.world, proposal, 0) == "same_delegate");
        const auto request = s.world.sign(ReleasePayout{"KES", 1, proposal}, "d:0", delegate);
        row.delegate = 1;
        auto prepared = request;
        prepared.prepared.payees = {{0, Amount{1}}};
        forge(s.world, prepared, row);
        expect(audit(s.world), "not_authorised");
    }
    SUBCASE("too early") {
        auto request = s.world.sign(ReleasePayout{"KES", 1, proposal}, "d:1", delegate + 1);
        row.from = 0;
        request.prepared.payees = {{0, Amount{1}}};
        forge(s.world, request, row);
        expect(audit(s.world), "confirmed_early");
    }
}

TEST_CASE("attack: pay released although the quorum is there") {
    Setting s;
    tell_period(s.world);
    const Int proposal = propose(s.world);
    REQUIRE(s.world.publish()); // the witnesses cosign, and the node says so
    s.world.settle();
    s.world.advance(wait_ms);
    CHECK(release(s.world, proposal) == "proposal_over");
    CHECK(
        s.world.run(RecordCheckpoint{s.world.publisher().published().checkpoint}, "m:0", member)
            .refusal.code
        == "nothing_to_cover"
    );
    s.world.stop();
    CHECK(audit(s.world).clean());
}

TEST_CASE("a payout without a quorum is reported until the quorum has cosigned it") {
    Setting s;
    tell_period(s.world);
    const Int proposal = propose(s.world);
    s.world.advance(wait_ms);
    REQUIRE(release(s.world, proposal).empty());
    s.world.advance(1000);
    s.world.settle();
    CHECK(s.world.run(ProposeRelease{}, "d:0", delegate).refusal.code == "already_proposed");
    const auto before = audit(s.world);
    INFO(audit::report_text(before));
    CHECK(before.findings.size() == 1);
    CHECK(before.has("release_not_covered"));
    CHECK(before.findings.front().entry == s.world.row<CoopRow>(Int{1}).uncovered);
    REQUIRE(s.world.publish());
    s.world.settle();
    CHECK(s.world.row<CoopRow>(Int{1}).uncovered == never);
    s.world.stop();
    const auto after = audit(s.world);
    INFO(audit::report_text(after));
    CHECK(after.clean());
}

TEST_CASE("attack: a member enrolled anew by one delegate, too early, with another key") {
    Setting s;
    tell_period(s.world);
    const Int proposal = propose_anew(s.world, 3, spare + 3);
    const auto confirm = [&](ReenrolMember command, Int number) {
        const auto signer = static_cast<std::uint8_t>(delegate + number);
        return s.world.run(command, "d:" + std::to_string(number), signer).refusal.code;
    };
    const ReenrolMember good{key_text(spare + 3), 3, proposal};
    CHECK(confirm(good, 1) == "wait_not_over");
    SUBCASE("written in too early") {
        auto row = s.world.row<ProposalRow>(proposal);
        row.from = 0;
        forge(s.world, s.world.sign(good, "d:1", delegate + 1), row);
        expect(audit(s.world), "confirmed_early");
        return;
    }
    s.world.advance(wait_ms);
    SUBCASE("written in for one delegate") {
        auto row = s.world.row<ProposalRow>(proposal);
        row.delegate = 1;
        forge(s.world, s.world.sign(good, "d:0", delegate), row);
        expect(audit(s.world), "not_authorised");
        return;
    }
    CHECK(confirm(good, 0) == "same_delegate");
    CHECK(confirm({key_text(spare + 4), 3, proposal}, 1) == "proposal_differs");
    CHECK(confirm({key_text(spare + 3), 2, proposal}, 1) == "proposal_differs");
    CHECK(confirm({key_text(spare + 3), 3, proposal - 1}, 1) == "no_such_proposal");
    CHECK(confirm(good, 1).empty());
    CHECK(confirm(good, 1) == "proposal_over");
    // A second account cannot be taken with the same key, nor the old key be used.
    CHECK(
        s.world.run(ProposeReenrolment{key_text(spare + 3), 2}, "d:0", delegate).refusal.code
        == "key_in_use"
    );
    CHECK(
        s.world.run(AddKey{key_text(spare + 5), "device"}, "m:3", member + 3).refusal.code
        == "key_revoked"
    );
    s.world.stop();
    CHECK(audit(s.world).clean());
}

TEST_CASE("attack: a requester enrolled anew by one delegate or too early") {
    Setting s;
    tell_period(s.world);
    const Int proposal =
        s.world.entry(ProposeReenrolment{key_text(spare + 3), {}, 1}, "d:0", delegate)
            .result.at("proposal")
            .integer();
    const ReenrolRequester good{key_text(spare + 3), proposal, 1};
    auto row = s.world.row<ProposalRow>(proposal);
    CHECK(s.world.run(good, "d:1", delegate + 1).refusal.code == "wait_not_over");
    SUBCASE("written in too early") {
        row.from = 0;
        forge(s.world, s.world.sign(good, "d:1", delegate + 1), row);
        expect(audit(s.world), "confirmed_early");
    }
    SUBCASE("written in for one delegate") {
        s.world.advance(wait_ms);
        CHECK(s.world.run(good, "d:0", delegate).refusal.code == "same_delegate");
        row.delegate = 1;
        forge(s.world, s.world.sign(good, "d:0", delegate), row);
        expect(audit(s.world), "not_authorised");
    }
    SUBCASE("written in against an objection") {
        s.world.entry(ObjectReenrolment{proposal}, "r:1", recovery + 20);
        s.world.advance(wait_ms);
        CHECK(s.world.run(good, "d:1", delegate + 1).refusal.code == "proposal_over");
        auto requester_row = s.world.row<RequesterRow>(Int{1});
        requester_row.answered = never;
        forge(s.world, s.world.sign(good, "d:1", delegate + 1), requester_row);
        expect(audit(s.world), "decision_differs");
    }
}

TEST_CASE("a member enrolled anew keeps history and balance, and the payslip shows it") {
    Setting s;
    tell_period(s.world);
    const auto policy = merkle::Policy::parse(s.world.policy()).value();
    const auto before = s.world.row<MemberRow>(Int{2});
    const Int proposal = propose_anew(s.world, 2, spare + 3);
    s.world.advance(wait_ms);
    s.world.entry(ReenrolMember{key_text(spare + 3), 2, proposal}, "d:1", delegate + 1);
    s.world.advance(1000);
    s.world.entry(AddKey{key_text(spare + 4), "device"}, "m:2", spare + 3);
    s.world.entry(ClosePeriod{}, "d:0", delegate);
    REQUIRE(s.world.publish());
    CHECK(s.world.row<MemberRow>(Int{2}).counter == before.counter + 3);
    for (const Int period : {1, 2}) {
        const auto verdict = record::verify_payslip(s.world.payslip(2, period).value(), policy);
        INFO(period, verdict.reason, verdict.detail);
        CHECK(verdict.ok);
        for (const auto& total : verdict.totals)
            CHECK((period == 1 || total.closing == total.opening));
    }
    s.world.stop();
    CHECK(audit(s.world).clean());
}

TEST_CASE("attack: a member who still has a key objects") {
    Setting s;
    tell_period(s.world); // member 2 has a recovery key
    const Int first = propose_anew(s.world, 2, spare + 3);
    const Int second = propose_anew(s.world, 2, spare + 4);
    CHECK(s.world.run(ObjectReenrolment{second}, "m:1", spare).refusal.code == "no_such_proposal");
    s.world.entry(ObjectReenrolment{second}, "m:2", recovery + 2);
    s.world.advance(wait_ms);
    for (const auto& [proposal, fresh] : {std::pair{first, spare + 3}, {second, spare + 4}}) {
        const ReenrolMember command{key_text(static_cast<std::uint8_t>(fresh)), 2, proposal};
        CHECK(s.world.run(command, "d:1", delegate + 1).refusal.code == "proposal_over");
        CHECK(
            s.world.run(ObjectReenrolment{proposal}, "m:2", member + 2).refusal.code
            == "proposal_over"
        );
    }
    s.world.stop();
    CHECK(audit(s.world).clean());
}

} // namespace handprint::audit_test
