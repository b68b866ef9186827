#pragma once

// What most tests of the audit begin with: a world with its witnesses, and what the audit says of
// it.

#include "node/audit/report.hpp"
#include "node/audit/run_audit.hpp"
#include "tests/audit/world.hpp"

#include <doctest/doctest.h>

namespace handprint::audit_test {

inline audit::Report audit(World& world) {
    audit::Options options;
    options.vault = &world.vault();
    options.log_dir = world.dir() + "/log";
    auto report = audit::audit_store(world.store(), options);
    REQUIRE(report);
    return std::move(*report);
}

inline void expect(const audit::Report& report, const char* code) {
    INFO(audit::report_text(report));
    CHECK(report.has(code));
}

struct Setting {
    TempDir dir;
    Witnesses witnesses{dir};
    World world{dir.in("data"), witnesses};
};

} // namespace handprint::audit_test
