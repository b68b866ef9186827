// Codes of verdicts that people read have a sentence beside them.

#include "node/app/reason_words.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

using namespace handprint;

TEST_CASE("every reason of the page about the format has a sentence") {
    std::ifstream file("docs/ledger-format.md");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    const auto begin = page.find("\n| reason | check");
    REQUIRE(begin != std::string::npos);
    const std::string tables = page.substr(begin, page.find("\n## 14.") - begin);
    int reasons = 0;
    for (std::size_t row = tables.find("\n| `"); row != std::string::npos;
         row = tables.find("\n| `", row + 1)) {
        const auto end = tables.find(" | ", row + 3);
        for (auto at = tables.find('`', row); at < end;) {
            const auto close = tables.find('`', at + 1);
            const std::string code = tables.substr(at + 1, close - at - 1);
            INFO(code);
            CHECK(app::reason_in_words(code).ends_with('.'));
            ++reasons;
            at = tables.find('`', close + 1);
        }
    }
    CHECK(reasons > 25);
    for (const char* code :
         {"policy_malformed", "wrong_log", "tiles_wrong", "root_mismatch", "time_ahead"})
        CHECK_FALSE(app::reason_in_words(code).empty());
    CHECK(app::reason_in_words("no_such_reason").empty());
}
