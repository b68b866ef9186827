// What the file of `handprint serve` may say.

#include "node/app/config.hpp"

#include <doctest/doctest.h>

using namespace handprint;

TEST_CASE("a pay period lasts a year at most") {
    const auto year = app::parse_config("period_ms = 31622400000\n");
    REQUIRE(year);
    CHECK(year->period_ms == 31'622'400'000);
    CHECK_FALSE(app::parse_config("period_ms = 31622400001\n"));
    CHECK_FALSE(app::parse_config("period_ms = 9223372036854775807\n"));
}
