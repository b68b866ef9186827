#include "ledger/record/commitment.hpp"
#include "node/pipeline/intake.hpp"
#include "tests/audit/world.hpp"
#include "tests/market/sample_batch.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

namespace {

using namespace market;

market::CreateBatch terms(Int project, const char* external) {
    return market_test::sample_batch(project, sha256(as_bytes(std::string_view(external))));
}

void grade(World& world, Int batch, Int member, std::vector<Int> tasks) {
    Grade command;
    command.batch = batch;
    command.member = member;
    command.correct = static_cast<Int>(tasks.size());
    command.tasks = std::move(tasks);
    record::Salt salt{};
    world.vault().fill(salt);
    const std::string evidence = "graded by hand";
    command.evidence = record::commit(salt, evidence);
    pipeline::Job job;
    job.request = world.sign(command, "clock", clock_key);
    Bytes kept(salt.begin(), salt.end());
    append(kept, as_bytes(evidence));
    job.notes.push_back({"graded", "", std::move(kept)});
    REQUIRE(world.run(std::move(job)).verdict == pipeline::Verdict::entry);
    world.advance(1000);
}

void accept(World& world, const Story& story, Int grant, Acceptance acceptance) {
    const std::string agent_of = "r:1";
    switch (acceptance) {
    case Acceptance::omitted:
        break;
    case Acceptance::moved:
        world.entry(Accept{story.paid, {{0, 1}, {1, 1}}}, agent_of, agent, grant);
        break;
    case Acceptance::honest:
    case Acceptance::back_dated:
        world.entry(Accept{story.paid, {{0, 0}, {1, 0}}}, agent_of, agent, grant);
        break;
    }
}

void name_parties(World& world) {
    world.found();
    world.enrol(member);
    world.enrol(member + 1);
    world.enrol(member + 2, true);
    world.enrol(member + 3);
    world.entry(RegisterRequester{key_text(requester)}, "new", requester);
    world.entry(
        RegisterRequester{key_text(requester + 1), key_text(recovery + 20)}, "new", requester + 1
    );
    for (const Int number : {0, 1}) {
        Fund fund;
        fund.amount = Amount{500'000};
        fund.currency = "KES";
        fund.requester = number;
        fund.reference = transfer("funding " + std::to_string(number));
        world.entry(fund, "d:0", delegate);
    }
    world.entry(AddKey{key_text(spare), "device"}, "m:1", member + 1);
    world.entry(RevokeKey{key_text(member + 1)}, "m:1", spare);
    world.entry(AddKey{key_text(spare + 10), "device"}, "r:1", recovery + 20);
    world.entry(RevokeKey{key_text(spare + 10)}, "r:1", requester + 1);
    world.entry(SetRule{0, 1000, "fee_bps"}, "d:1", delegate + 1);
    world.entry(ConfirmClock{world.now()}, "d:0", delegate);
}

void pay(World& world) {
    world.entry(Payout{world.publisher().published().checkpoint, "KES"}, "d:0", delegate);
    world.settle();
    Settle settled;
    settled.payout = 0;
    settled.items = {0};
    settled.reference = transfer("first payout");
    world.entry(settled, "d:0", delegate);
    Return returned;
    returned.payout = 0;
    returned.items = {1};
    returned.reference = settled.reference;
    world.entry(returned, "d:1", delegate + 1);
}

void give_back(World& world) {
    for (const Int number : {0, 1}) {
        world.entry(Refund{Amount{1000}, "KES"}, "r:0", requester);
        if (number == 0) {
            Settle settled;
            settled.refund = number;
            settled.reference = transfer("refund");
            world.entry(settled, "d:0", delegate);
        } else {
            Return returned;
            returned.refund = number;
            returned.reference = transfer("refund that came back");
            world.entry(returned, "d:0", delegate);
        }
    }
}

/// The quorum fails on payday; what came back before is paid out without it, and comes back again.
void pay_without_quorum(World& world) {
    world.entry(ClosePeriod{}, "d:0", delegate);
    const Int proposal =
        world.entry(ProposeRelease{}, "d:0", delegate).result.at("proposal").integer();
    world.advance(wait_ms);
    world.entry(ReleasePayout{"KES", 2, proposal}, "d:1", delegate + 1);
    world.settle();
    REQUIRE(world.publish()); // the witnesses are back
    world.settle();
    Return returned;
    returned.payout = 1;
    returned.items = {1};
    returned.reference = transfer("second payout");
    world.entry(returned, "d:1", delegate + 1);
}

/// Member 3 and requester 0 have lost their keys; somebody tried to take the accounts of others.
void enrol_anew(World& world) {
    const auto propose = [&](ProposeReenrolment command) {
        return world.entry(std::move(command), "d:0", delegate).result.at("proposal").integer();
    };
    const Int taken = propose({key_text(spare + 2), 2});
    world.entry(ObjectReenrolment{taken}, "m:2", recovery + 2);
    const Int escrow = propose({key_text(spare + 2), {}, 1});
    world.entry(ObjectReenrolment{escrow}, "r:1", recovery + 20);
    const Int lost = propose({key_text(spare + 3), 3});
    const Int buyer = propose({key_text(renewed), {}, 0});
    world.advance(wait_ms);
    world.entry(ReenrolMember{key_text(spare + 3), 3, lost}, "d:1", delegate + 1);
    world.entry(ReenrolRequester{key_text(renewed), buyer, 0}, "d:1", delegate + 1);
}

} // namespace

Story tell_period(World& world, Acceptance acceptance) {
    Story story;
    name_parties(world);
    world.entry(CreateProject{Hash{1}, Hash{1}}, "r:0", requester);
    auto test = terms(0, "test");
    test.qualifies = Qualifies{1, 2};
    test.overlap = 10;
    story.test = world.batch(test, 2, "r:0", requester);
    for (const Int number : {0, 1, 2}) {
        const std::uint8_t signer =
            static_cast<std::uint8_t>(number == 1 ? Int{spare} : member + number);
        const auto answer = world.submit(number, signer, story.test, {0, 1});
        if (number == 0) story.promises.push_back(world.promise(answer));
        grade(world, story.test, number, {0, 1});
    }

    story.grant = world
                      .entry(
                          MakeGrant{
                              Amount{400'000},
                              "KES",
                              key_text(agent),
                              world.now() + 86'400'000,
                              {"accept",
                               "close_batch",
                               "create_batch",
                               "create_project",
                               "import_tasks",
                               "publish"},
                              {}
                          },
                          "r:1",
                          requester + 1
                      )
                      .result.at("grant")
                      .integer();
    story.project = world.entry(CreateProject{Hash{2}, Hash{2}}, "r:1", agent, story.grant)
                        .result.at("project")
                        .integer();
    story.paid = world.batch(terms(story.project, "paid"), 3, "r:1", agent, story.grant);
    story.promises.push_back(world.promise(world.submit(0, member, story.paid, {0, 1})));
    world.submit(1, spare, story.paid, {0, 1});
    if (acceptance == Acceptance::back_dated) world.advance(-500);
    REQUIRE(world.publish());
    accept(world, story, story.grant, acceptance);
    story.accepted = world.sequencer().size() - 1;
    story.promises.push_back(
        world.promise(world.entry(AddKey{key_text(spare + 1), "device"}, "m:0", member))
    );
    world.submit(2, member + 2, story.paid, {2});
    world.advance(70'000); // what the requester leaves is accepted by the clock
    world.settle();
    world.entry(CloseBatch{story.paid}, "r:1", agent, story.grant);

    world.entry(
        Income{Amount{100'003}, "KES", story.project, transfer("licence")}, "d:0", delegate
    );
    world.settle();
    world.entry(Surplus{Amount{1}, "KES", story.project}, "d:0", delegate);
    world.settle();
    world.entry(ClosePeriod{}, "d:0", delegate);
    REQUIRE(world.publish());
    return story;
}

Story tell(World& world) {
    Story story = tell_period(world);
    pay(world);
    give_back(world);
    pay_without_quorum(world);
    enrol_anew(world);
    world.entry(RevokeGrant{story.grant}, "r:1", requester + 1);
    story.open = world.batch(terms(0, "open"), 2, "r:0", renewed);
    world.submit(0, member, story.open, {0});
    pipeline::Job claim; // stays: an operational row
    claim.request.command = Claim{1, story.open, 2, {0, 1}};
    REQUIRE(world.run(std::move(claim)).verdict == pipeline::Verdict::claimed);
    world.entry(ClosePeriod{}, "d:0", delegate);
    REQUIRE(world.publish());
    return story;
}

} // namespace handprint::audit_test
