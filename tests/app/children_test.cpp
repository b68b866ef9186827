// Ports of a demo's witnesses: they stand in its policy, so they are the same at each start.

#include "node/app/children.hpp"
#include "node/http/server.hpp"
#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

using namespace handprint;
using namespace handprint::test;

TEST_CASE("a port to keep is free, and none that a connection may have at the next start") {
    for (int i = 0; i < 20; ++i) {
        const auto port = app::port_to_keep();
        REQUIRE(port);
        CHECK(*port >= 10'000);
        CHECK(*port < 15'000); // Linux gives those from 32768 on
        CHECK(http::can_listen({"127.0.0.1", *port, {}}));
    }
}

TEST_CASE("a port at which somebody listens is not free") {
    const Rig rig;
    const auto port = rig.node->port();
    CHECK_FALSE(http::can_listen({"127.0.0.1", port, {}}));
}
