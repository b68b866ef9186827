#include "ledger/merkle/key_change.hpp"
#include "tests/audit/setting.hpp"

#include <sstream>

namespace handprint::audit_test {

using namespace market;

TEST_CASE("audit: a story with every kind of command is clean") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    tell(world);
    world.stop();
    const auto report = audit(world);
    INFO(audit::report_text(report));
    CHECK(report.clean());
    CHECK(report.figures.entries == world.store().head().value().size);
    CHECK(report.figures.signatures == report.figures.entries);
    world.close();
    std::ostringstream out;
    CHECK(audit::run_audit(world.dir(), false, 0, out) == 0);
    CHECK(out.str().starts_with("audit: clean, "));
    std::ostringstream json;
    CHECK(audit::run_audit(world.dir(), true, 1, json) == 0);
    CHECK(record::Json::parse(json.str().substr(0, json.str().size() - 1))
              .value()
              .at("clean")
              .boolean());
}

TEST_CASE("audit: what the log's former key signed is judged by the policy of its time") {
    Setting s;
    tell_period(s.world);
    const merkle::NoteSigner old_key(origin, key(log_key)), new_key(origin, key(next_log_key));
    const auto rotate = [&](const merkle::NoteSigner& from, const merkle::NoteSigner& to) {
        return s.world.run(
            RotateLogKey{merkle::sign_key_change(from, to).value()}, "d:0", delegate
        );
    };
    const merkle::NoteSigner stranger(origin, key(spare + 4));
    CHECK(rotate(stranger, new_key).refusal.code == "bad_log_key");
    CHECK(s.world.run(RotateLogKey{"no note"}, "d:0", delegate).refusal.code == "bad_log_key");
    CHECK(rotate(old_key, new_key).verdict == pipeline::Verdict::entry);
    CHECK(rotate(old_key, stranger).refusal.code == "bad_log_key");
    s.world.stop();
    audit::Options options;
    options.vault = &s.world.vault();
    options.log_dir = s.world.dir() + "/log";
    expect(audit::audit_store(s.world.store(), options).value(), "checkpoint_refused");
    options.former = {merkle::Policy::parse(s.world.policy()).value()};
    const auto report = audit::audit_store(s.world.store(), options).value();
    INFO(audit::report_text(report));
    CHECK(report.clean());
    // Payouts of before were decided under the policy of before, and are again.
    const auto present = s.world.row<CoopRow>(Int{1}).policy;
    CHECK(present.find(new_key.key().text()) != std::string::npos);
    CHECK(present.find(old_key.key().text()) == std::string::npos);
}

TEST_CASE("audit: erasing parts of parties leaves it clean") {
    TempDir dir;
    Witnesses witnesses(dir);
    World world(dir.in("data"), witnesses);
    tell(world);
    world.stop();
    Int erased = 0;
    for (Int index = 0; index < world.store().head().value().size; ++index) {
        const auto parts = world.store().parts_at(index);
        REQUIRE(parts);
        for (const auto& part : *parts) {
            if (part.party != "m:0" && part.party != "r:0") continue;
            REQUIRE(world.store().erase_part(part.party, part.index, part.number));
            ++erased;
        }
    }
    const auto report = audit(world);
    INFO(audit::report_text(report));
    CHECK(report.clean());
    CHECK(report.figures.erased_parts == erased);
    CHECK(report.figures.not_decided_again > 5);
}

} // namespace handprint::audit_test
