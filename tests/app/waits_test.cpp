#include "tests/app/rig.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <vector>

using namespace handprint;
using namespace handprint::test;

TEST_CASE("whoever waits for the log to grow keeps nobody else waiting") {
    Rig rig([](app::Config& config) { config.address_rate_per_second = 10'000; });
    const auto to = rig.address();
    const std::string far = "Handprint-Min-Seq: 9007199254740991\r\n";
    const auto start = std::chrono::steady_clock::now();
    std::vector<std::future<int>> waiting;
    for (int i = 0; i < 60; ++i) {
        waiting.push_back(std::async(std::launch::async, [&] {
            return ask(to, "GET", "/v1/ledger", far).status;
        }));
    }
    CHECK(ask(to, "GET", "/v1/ledger").status == 200);
    for (auto& one : waiting)
        CHECK(one.get() == 503);
    // One after the other on the threads of the server they would take a minute, or many seconds.
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
    // What is there already, and what a write has just brought, is read at once.
    const auto before = ask(to, "GET", "/v1/ledger", "Handprint-Min-Seq: 1\r\n");
    CHECK(before.status == 200);
    (void)rig.member();
    CHECK(ask(to, "GET", "/v1/ledger", "Handprint-Min-Seq: 2\r\n").status == 200);
}
