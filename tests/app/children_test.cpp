// Ports of a demo's witnesses: they stand in its policy, so they are the same at each start.

#include "node/app/children.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace handprint;

TEST_CASE("a port to keep is free, and none that a connection may have at the next start") {
    for (int i = 0; i < 20; ++i) {
        const auto port = app::port_to_keep();
        REQUIRE(port);
        CHECK(*port >= 10'000);
        CHECK(*port < 15'000); // Linux gives those from 32768 on
        CHECK(app::is_free(*port));
    }
}

TEST_CASE("a port at which somebody listens is not free") {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(fd >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(fd, any, size) == 0);
    REQUIRE(::listen(fd, 1) == 0);
    REQUIRE(::getsockname(fd, any, &size) == 0);
    CHECK_FALSE(app::is_free(ntohs(address.sin_port)));
    ::close(fd);
}
