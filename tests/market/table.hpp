#pragma once

// Rules as tables: what is asked, by whom, and the code of the answer ("" is yes).

#include "tests/market/rig.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace handprint::market_test {

struct Line {
    std::string what;
    Command command;
    std::string actor;
    std::string code;
};

/// Each line from the same state; a refusal leaves every byte as it was.
inline void check(const Rig& start, const std::vector<Line>& table) {
    for (const Line& line : table) {
        Rig rig = start;
        const Hash before = rig.digest();
        const std::string code = rig.run(line.command, line.actor);
        CHECK_MESSAGE(code == line.code, line.what, ": ", code);
        CHECK((rig.digest() == before) == !code.empty());
        // What was carried out under an id is not carried out again under it.
        if (code.empty()) {
            Rig again = start;
            auto request = again.request(line.command, line.actor);
            REQUIRE(again.run(request).empty());
            const Hash after = again.digest();
            CHECK_MESSAGE(again.run(request) == "already_done", line.what);
            CHECK(again.digest() == after);
        }
    }
}

template <class C, class F>
C with(C command, F&& change) {
    change(command);
    return command;
}

} // namespace handprint::market_test
