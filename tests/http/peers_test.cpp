#include "node/http/peers.hpp"

#include <doctest/doctest.h>

using namespace handprint::http;

TEST_CASE("peers: of IPv6 the /64, however it is written") {
    CHECK(network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::");
    CHECK(network_of("2001:db8:1:2::6") == "2001:db8:1:2::");
    // Zeros that are left out count: text cut at the fourth colon would make these networks many.
    for (const char* same : {"2001:db8::1", "2001:db8::2", "2001:db8:0:0:a:b:c:d", "2001:DB8::a:b"})
        CHECK(network_of(same) == "2001:db8::");
    for (const char* same : {"2001:db8:1::5", "2001:db8:1:0:a:b:c:d"})
        CHECK(network_of(same) == "2001:db8:1::");
    CHECK(network_of("2001:db8:0:1::1") != network_of("2001:db8::1"));
    CHECK(network_of("fe80::1%eth0") == "fe80::");
}

TEST_CASE("peers: IPv4 addresses stand for themselves, also inside IPv6") {
    CHECK(network_of("10.0.0.7") == "10.0.0.7");
    CHECK(network_of("::ffff:10.0.0.7") == "10.0.0.7");
    CHECK(network_of("::ffff:a00:8") == "10.0.0.8");
    CHECK(network_of("a name") == "a name");
    CHECK(network_of("1:2:3") == "1:2:3");
    CHECK(network_of("").empty());
}

TEST_CASE("peers: who is on the same machine") {
    for (const char* here :
         {"127.0.0.1", "127.9.9.9", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
        INFO(here);
        CHECK(is_loopback(here));
    }
    for (const char* away :
         {"128.0.0.1",
          "10.0.0.1",
          "::2",
          "1::1",
          "::",
          "127.0.0.1.example",
          "127.1",
          "::ffff:10.0.0.1",
          "2001:db8::1",
          ""}) {
        INFO(away);
        CHECK_FALSE(is_loopback(away));
    }
}
