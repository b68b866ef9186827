#include "node/market/json_codec.hpp"
#include "node/market/json_text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace handprint::market {

namespace {

std::string written(const Event& event) {
    std::string out;
    append_json(out, event);
    return out;
}

} // namespace

TEST_CASE("an event is read as the type that it says, wherever it says so") {
    const std::string last = written(Submitted{7, 1'800'000'000'000, 12, {0, 3}}); // the type
    const std::string between = written(RuleEnacted{5, 6, "fee_bps"});
    REQUIRE(last.ends_with(R"("type":"submitted"})"));
    REQUIRE(between.find(R"("type":"rule_enacted","value")") != std::string::npos);
    for (const auto& text : {last, between}) {
        REQUIRE(scan_event(text));
        CHECK(written(*scan_event(text)) == text);
        for (std::size_t at = 0; at < text.size(); ++at) {
            for (const char other : {'"', '\\', '{', '}', ',', ':', 'a', '0', ' '}) {
                std::string changed = text;
                changed[at] = other;
                const auto scanned = scan_event(changed);
                if (!scanned) continue;
                CHECK(written(*scanned) == changed);
                CHECK(event_from_json(record::Json::parse(changed).value()));
            }
        }
    }
    for (const std::string text :
         {R"({"batch":7,"due":8,"member":9,"tasks":[1],"type":"batch_closed"})",
          R"({"batch":7,"due":8,"member":9,"tasks":[1],"x":{"type":"submitted"}})",
          R"({"batch":7,"due":8,"member":9,"tasks":[1],"x":"type":"submitted"})",
          R"({"batch":7,"due":8,"member":9,"tasks":[1]})",
          R"("type":"submitted"})",
          R"("submitted"})",
          R"("})"}) {
        CHECK_FALSE(scan_event(text));
    }
}

} // namespace handprint::market
