#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace handprint::audit_test {

namespace {

audit::Report audit(World& world) {
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    auto report = audit::audit_store(world.store(), options);
    REQUIRE(report);
    return std::move(*report);
}

} // namespace

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
