// The list of a requester's projects, a page at a time.

#include "ledger/record/json.hpp"
#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

namespace handprint::test {

using market::Int;
using record::Json;

TEST_CASE("projects are listed newest first and to the last one, page by page") {
    Rig rig;
    const auto requester = rig.requester(); // who has one
    const auto other = rig.requester();
    const std::string headers = requester.headers + "Content-Type: application/json\r\n";
    std::vector<Int> made{0};
    for (int i = 0; i < 6; ++i) {
        const std::string name = std::to_string(i);
        const auto reply =
            ask(rig.address(),
                "POST",
                "/v1/projects",
                headers,
                R"({"external":"n)" + name + R"(","title":"P","description":""})");
        REQUIRE(reply.status == 200);
        made.push_back(
            Json::parse(reply.body, record::JsonMode::lenient)->at("result").at("project").integer()
        );
        // Those of others are in between.
        REQUIRE(
            ask(rig.address(),
                "POST",
                "/v1/projects",
                other.headers + "Content-Type: application/json\r\n",
                R"({"external":"o)" + name + R"(","title":"P","description":""})")
                .status
            == 200
        );
    }
    std::vector<Int> listed;
    std::vector<std::size_t> sizes;
    std::size_t batches = 0;
    std::string target = "/v1/projects?limit=3";
    for (bool more = true; more;) {
        const auto reply = ask(rig.address(), "GET", target, requester.headers);
        REQUIRE(reply.status == 200);
        const auto page = Json::parse(reply.body, record::JsonMode::lenient);
        REQUIRE(page);
        for (const Json& project : page->at("projects").items()) {
            listed.push_back(project.at("project").integer());
            batches += project.at("batches").items().size();
        }
        sizes.push_back(page->at("projects").items().size());
        const Json* next = page->find("next");
        more = next != nullptr;
        if (more) target = "/v1/projects?limit=3&after=" + std::to_string(next->integer());
    }
    CHECK(listed == std::vector<Int>(made.rbegin(), made.rend()));
    CHECK(sizes == std::vector<std::size_t>{3, 3, 1});
    CHECK(batches == 1);
    CHECK(
        ask(rig.address(), "GET", "/v1/projects?limit=0", requester.headers)
            .body.find("out_of_range")
        != std::string::npos
    );
}

} // namespace handprint::test
