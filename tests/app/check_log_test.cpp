// What `handprint verify log` says of the age of a log.

#include "node/app/check_log.hpp"

#include <doctest/doctest.h>

using namespace handprint;

TEST_CASE("attack: an operator shows a stale log") {
    app::CheckedLog log;
    log.seen = 1'795'280'000;
    const auto said = [&](std::int64_t age) { return app::age_text(log, 1'795'280'000 + age); };
    CHECK(
        said(12) == "last seen by a quorum of witnesses 2026-11-21T16:53:20.000Z, 12 seconds ago"
    );
    CHECK(said(app::kStaleAfterSeconds).find("WARNING") == std::string::npos);
    CHECK(said(app::kStaleAfterSeconds + 1).find("WARNING  stale") != std::string::npos);
    log.seen.reset();
    CHECK(said(0) == "no quorum of witnesses says when it saw this log");
}
