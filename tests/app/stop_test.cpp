#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <string>

using namespace handprint;
using namespace handprint::test;

namespace {

constexpr int kRows = 100'000; // 25 commits of 20 chunks

std::string many_rows() {
    std::string rows;
    for (int i = 0; i < kRows; ++i)
        rows += R"({"id":")" + std::to_string(i)
                + R"(","t":"What does it say?"})"
                  "\n";
    return rows;
}

bool has_staged_chunks(app::RunningNode& node) {
    const auto chunks = node.node().store.secrets("staged", "", "", 1);
    return chunks && !chunks->empty();
}

} // namespace

TEST_CASE("a stop during a long import ends it between two steps; the same request imports all") {
    Rig rig;
    const auto requester = rig.requester();
    const std::string target = "/v1/batches/" + std::to_string(requester.batch) + "/tasks";
    const std::string headers = requester.headers
                                + "Content-Type: application/jsonl\r\n"
                                  "Idempotency-Key: 00112233445566778899aabbccddeeff\r\n";
    const std::string rows = many_rows();
    auto first = std::async(std::launch::async, [&, to = rig.address()] {
        return ask(to, "POST", target, headers, rows);
    });
    REQUIRE(soon([&] { return has_staged_chunks(*rig.node); }));

    const auto begun = std::chrono::steady_clock::now();
    rig.stop();
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(5));
    const auto told = first.get();
    CHECK(told.status == 503);
    CHECK(told.body.find("same_id") != std::string::npos);

    rig.start();
    const std::string batch = "/v1/batches/" + std::to_string(requester.batch);
    const auto before = ask(rig.address(), "GET", batch, requester.headers);
    CHECK(before.body.find(R"("state":"draft")") != std::string::npos);
    const auto again = ask(rig.address(), "POST", target, headers, rows);
    CHECK(again.status == 200);
    CHECK(again.body.find("\"imported\":" + std::to_string(kRows)) != std::string::npos);
    const auto repeated = ask(rig.address(), "POST", target, headers, rows);
    CHECK(repeated.body == again.body);
}
