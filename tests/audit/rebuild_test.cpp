// An operator with every key of the node tells the story a second time, and differently: entries,
// tables, tiles and signatures all fit each other, so the audit of that ledger alone is clean. What
// was promised, cosigned and handed out before does not fit it.

#include "ledger/merkle/verdict.hpp"
#include "ledger/record/payslip.hpp"
#include "ledger/record/payslip_file.hpp"
#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "node/files/files.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace handprint::audit_test {

namespace {

struct Told {
    TempDir dir;
    Witnesses witnesses{dir};
    World honest{dir.in("honest"), witnesses};
    Story story = tell_period(honest);

    Told() { honest.stop(); }
};

audit::Report audit(World& world, std::string policy) {
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    options.policy = std::move(policy);
    auto report = audit::audit_store(world.store(), options);
    REQUIRE(report);
    return std::move(*report);
}

std::string own_policy(const World& world) {
    return std::string(as_text(files::read_whole(world.dir() + "/policy").value()));
}

/// What tells each lie apart from what it is told instead of.
struct Lie {
    Acceptance acceptance;
    std::string name;
    int witnesses = 0;   // status of each; 0: not even asked, since they have seen a larger log
    std::string promise; // reason of the payslip, held against the promises
};

const std::vector<Lie> lies = {
    {Acceptance::omitted, "omitted", 0, "promise_missing"}, // the payslip has no such entry
    {Acceptance::moved, "moved", 422, "promise_broken"},
    {Acceptance::back_dated, "back_dated", 422, "promise_broken"},
};

} // namespace

TEST_CASE("rebuild: the honest ledger keeps its promises") {
    Told told;
    const auto policy = merkle::Policy::parse(told.honest.policy()).value();
    const auto slip = told.honest.payslip(0, 1);
    REQUIRE(slip);
    const auto verdict = record::verify_payslip(*slip, policy, told.story.promises);
    INFO(verdict.reason, " ", verdict.detail);
    CHECK(verdict.ok);
    CHECK(verdict.promises == told.story.promises.size());
}

TEST_CASE("rebuild: an acceptance omitted, moved to another member, back-dated") {
    Told told;
    const auto strict = merkle::Policy::parse(told.honest.policy()).value();
    for (const auto& [lie, name, witnesses, promise] : lies) {
        CAPTURE(name);
        World forged(told.dir.in(name), told.witnesses, {.quorum = false});
        tell_period(forged, lie);
        forged.stop();

        // It is a good ledger in itself ...
        const auto alone = audit(forged, own_policy(forged));
        INFO(audit::report_text(alone));
        CHECK(alone.clean());
        // ... without witnesses, who have seen the other one and refuse,
        CHECK(audit(forged, told.honest.policy()).has("checkpoint_refused"));
        const auto published = forged.publisher().published();
        const auto hashes = merkle::hashes_from_tiles(
            static_cast<std::uint64_t>(published.size), forged.publisher().files().reader()
        );
        const auto cosigned = told.witnesses.ask(published.checkpoint, published.size, hashes);
        CHECK(cosigned.signatures.empty());
        CHECK(told.witnesses.answers == std::vector<int>(2, witnesses));
        // so a payslip of it convinces nobody who asks for witnesses,
        const auto slip = forged.payslip(0, 1);
        REQUIRE(slip);
        CHECK(record::verify_payslip(*slip, strict).reason == "quorum_not_met");
        // and nobody who holds the promises, even under a policy without witnesses.
        const auto weak = merkle::Policy::parse(own_policy(forged)).value();
        CHECK(record::verify_payslip(*slip, weak).ok);
        const auto verdict = record::verify_payslip(*slip, weak, told.story.promises);
        INFO(verdict.reason, " ", verdict.detail);
        CHECK(verdict.reason == promise);
        // What the member did next was promised on top of the acceptance.
        const std::string next = std::to_string(told.story.accepted + 1);
        CHECK(verdict.detail == "promise 2 (index " + next + ")");
    }
}

TEST_CASE("rebuild: no money leaves a log that is not witnessed") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses, {.quorum = false});
    tell_period(world);
    const auto answer =
        world.run(market::Payout{world.publisher().published().checkpoint, "KES"}, "d:0", delegate);
    CHECK(answer.refusal.code == "quorum_not_met");
}

TEST_CASE("rebuild: a payslip with an entry left out has a gap in its chain") {
    Told told;
    const auto policy = merkle::Policy::parse(told.honest.policy()).value();
    auto slip = record::parse_payslip(told.honest.payslip(0, 1).value()).value();
    REQUIRE(slip.entries.size() > 3);
    for (std::size_t i = 0; i < slip.entries.size(); ++i) {
        auto shorter = slip;
        shorter.entries.erase(shorter.entries.begin() + static_cast<std::ptrdiff_t>(i));
        const auto verdict = record::verify_payslip(record::encode(shorter), policy);
        INFO(i, " ", verdict.detail);
        CHECK(verdict.reason == "chain_gap");
    }
}

} // namespace handprint::audit_test
