#include "node/http/server.hpp"
#include "tests/http/raw_client.hpp"

#include <doctest/doctest.h>

using namespace handprint::http;
using namespace handprint::test;

TEST_CASE("server: answers") {
    Router router;
    router.add<auth::none>(Method::get, "/hello/{who}", [](const Request& request) {
        return Response::text("hello " + std::string(request.param("who")));
    });
    auto started = Server::start({}, std::move(router));
    auto& server = started.value();
    const auto response = ask(server->ports()[0], "GET", "/hello/you");
    CHECK(response.status == 200);
    CHECK(response.body == "hello you");
}
