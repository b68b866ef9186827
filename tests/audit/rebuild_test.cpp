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

#include <array>
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

namespace {

/// One lie, and what each check says of the ledger that tells it.
struct Lie {
    Acceptance acceptance;
    const char* name;
    Int shorter;       // entries that it lacks
    int blindly;       // a witness that is shown the checkpoint as if it knew no log
    int from_its_tree; // and one that is asked to go on from what it knows; 0: that is more
    bool went_back;
    const char* promised; // the payslip of it against the promises, whoever is trusted
};

constexpr std::array lies = {
    Lie{Acceptance::omitted, "omitted", 1, 409, 0, true, "promise_missing"},
    Lie{Acceptance::moved, "moved", 0, 409, 422, false, "promise_broken"},
    Lie{Acceptance::back_dated, "back_dated", 0, 409, 422, false, "promise_broken"},
};

} // namespace

TEST_CASE("rebuild: an acceptance omitted, moved to another member, back-dated") {
    Told told;
    const auto strict = merkle::Policy::parse(told.honest.policy()).value();
    for (const Lie& lie : lies) {
        INFO(lie.name);
        World forged(told.dir.in(lie.name), told.witnesses, {.quorum = false});
        tell_period(forged, lie.acceptance);
        forged.stop();
        const auto published = forged.publisher().published();
        CHECK(published.size == told.honest.publisher().published().size - lie.shorter);

        // The audit of it alone finds nothing,
        const auto alone = audit(forged, own_policy(forged));
        INFO(audit::report_text(alone));
        CHECK(alone.clean());
        // and by the honest policy that nobody has witnessed it, and nothing else.
        const auto judged = audit(forged, told.honest.policy());
        REQUIRE(judged.findings.size() == 1);
        CHECK(judged.findings.front().code == "checkpoint_refused");
        CHECK(judged.findings.front().what == "quorum_not_met ");
        // Witnesses have seen the other one and refuse, however they are asked;
        const auto hashes = merkle::hashes_from_tiles(
            static_cast<std::uint64_t>(published.size), forged.publisher().files().reader()
        );
        using Statuses = std::vector<int>;
        CHECK(told.witnesses.ask_blindly(published.checkpoint) == Statuses(2, lie.blindly));
        const auto cosigned = told.witnesses.ask(published.checkpoint, published.size, hashes);
        CHECK(told.witnesses.answers == Statuses(2, lie.from_its_tree));
        CHECK(cosigned.went_back == lie.went_back);
        CHECK(cosigned.signatures.empty());
        // so a payslip of it convinces nobody who asks for witnesses,
        const auto slip = forged.payslip(0, 1);
        REQUIRE(slip);
        CHECK(record::verify_payslip(*slip, strict).reason == "quorum_not_met");
        CHECK(
            record::verify_payslip(*slip, strict, told.story.promises).reason == "quorum_not_met"
        );
        // but who asks for none, and holds no promise,
        const auto weak = merkle::Policy::parse(own_policy(forged)).value();
        CHECK(record::verify_payslip(*slip, weak).ok);
        // and the promise that was given for the entry right after the acceptance says why not.
        const auto verdict = record::verify_payslip(*slip, weak, told.story.promises);
        INFO(verdict.reason, " ", verdict.detail);
        CHECK(verdict.reason == lie.promised);
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
