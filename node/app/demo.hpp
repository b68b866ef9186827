#pragma once

// `handprint demo`: a small living cooperative on one machine. Three witnesses as processes of
// their own (two make the quorum), delegates, a requester, members, five projects with tests and
// tasks, some work done and paid. A second start finds yesterday's data.

#include "ledger/base/result.hpp"

#include <cstdint>
#include <string>

namespace handprint::app {

struct DemoOptions {
    std::string data = ".data/demo";
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8080;
    std::string web;
    bool json = false;
    bool empty =
        false; // cooperative and witnesses only: no people, no projects, no timers for periods
    std::int64_t period_ms = 20'000;
};

/// Runs until it is told to stop; the exit code.
[[nodiscard]] int run_demo(const DemoOptions& options);

} // namespace handprint::app
