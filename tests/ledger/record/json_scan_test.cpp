#include "ledger/base/base64.hpp"
#include "ledger/base/crypto.hpp"
#include "ledger/record/command.hpp"
#include "ledger/record/coop_part.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/json_scan.hpp"
#include "ledger/record/member_part.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace {

using namespace handprint;
using namespace handprint::record;

const std::string kHash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

const std::string kHeader =
    R"({"authority":"actor","format":"handprint/entry/v1","kind":"accept","parts":[{"commit":")"
    + kHash + R"(","role":"coop"},{"commit":")" + kHash
    + R"(","role":"member"}],"rules":14,"sums":[["fee","KES","-70"],["hold","KES","70"]],)"
    + R"("time":1795319540321})";

const std::string kCoop =
    R"({"by":"r:3","chain":[[12,5],[7,1]],"command":"000102030405060708090a0b0c0d0e0f",)"
    R"("events":[{"batch":7,"items":[[-1,"a b"],{}],"type":"accepted"}],"grant":3,)"
    R"("opens":["payable/m:12"],"postings":[["fee/coop","KES","-70"],["hold/b:7","KES","70"]],)"
    R"("request":")"
    + kHash + R"("})";

const std::string kMember =
    R"({"answers":[{"hash":"x","length":2}],"chain":{"counter":5,"member":12,"previous":")" + kHash
    + R"("},"evidence":{"payload":"e30="},"lines":[{"account":"payable","amount":"-700",)"
    + R"("batch":7,"blind":")" + kHash + R"(","currency":"KES","task":3,"what":"wage"}]})";

const std::string kCommand =
    R"({"actor":"m:3","args":{"a":[true,null,-5],"b":{"c":"d"}},)"
    R"("command":"000102030405060708090a0b0c0d0e0f","kind":"submit","log":"a.example/b",)"
    R"("seen":{"root":")"
    + kHash + R"(","size":9}})";

const std::string kEnvelope =
    to_json(sign(kCommandType, kCommand, KeyPair::from_seed(Seed{1}))).encode();

/// Every text that comes of one by changing, leaving out or doubling one byte.
template <class Check>
void each_neighbour(const std::string& text, Check check) {
    constexpr std::string_view others = "\"\\{}[]:,-0917azAZ+/= \x01\x7f\xc3\n.e";
    check(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        check(text.substr(0, at) + text.substr(at + 1));
        check(text.substr(0, at) + text[at] + text.substr(at));
        check(text.substr(0, at));
        for (const char other : others) {
            std::string changed = text;
            changed[at] = other;
            check(changed);
        }
    }
}

std::string written(const CoopText& coop) {
    std::string events = "[";
    for (const std::string_view event : coop.events)
        events.append(events.size() > 1 ? "," : "").append(event);
    return encode(coop.part, events += ']');
}

} // namespace

TEST_CASE("what is scanned is what is parsed") {
    CHECK(encode(parse_header_shape(kHeader).value()) == kHeader);
    CHECK(written(scan_coop_part(kCoop).value()) == kCoop);
    CHECK(scan_command(kCommand).value().args == R"({"a":[true,null,-5],"b":{"c":"d"}})");
    CHECK(scan_envelope(kEnvelope).value().payload == kCommand);
    const auto member = scan_member_part(kMember).value();
    CHECK(encode(member.part, member.evidence, member.answers) == kMember);
    CHECK(member.part.lines == parse_member_part(kMember).value().lines);
}

TEST_CASE("a scan takes nothing that parsing refuses, and means the same") {
    each_neighbour(kHeader, [](const std::string& text) {
        const auto parsed = parse_header_shape(text);
        if (parsed) CHECK(encode(*parsed) == text);
    });
    each_neighbour(kCoop, [](const std::string& text) {
        const auto scanned = scan_coop_part(text);
        if (scanned) CHECK(written(*scanned) == text);
        if (scanned && text.find(R"("type":")") != std::string::npos) CHECK(parse_coop_part(text));
    });
    each_neighbour(kMember, [](const std::string& text) {
        const auto scanned = scan_member_part(text);
        if (!scanned) return;
        CHECK(encode(scanned->part, scanned->evidence, scanned->answers) == text);
        CHECK(parse_member_part(text));
    });
    each_neighbour(kCommand, [](const std::string& text) {
        const auto scanned = scan_command(text);
        if (!scanned) return;
        const auto parsed = parse_command(text);
        REQUIRE(parsed);
        CHECK(encode(*parsed) == text);
        CHECK(parsed->actor == scanned->actor);
        CHECK(parsed->args.encode() == scanned->args);
        CHECK(parsed->kind == scanned->kind);
        CHECK(parsed->seen == scanned->seen);
    });
    each_neighbour(kEnvelope, [](const std::string& text) {
        const auto scanned = scan_envelope(text);
        if (!scanned) return;
        const auto parsed = parse_envelope(text, JsonMode::canonical);
        REQUIRE(parsed);
        CHECK(*parsed == *scanned);
    });
}

TEST_CASE("a scan passes over any value as it stands") {
    const auto skipped = [](const std::string& text) {
        JsonScan scan(text);
        std::string_view out;
        return scan.skip(out) && scan.done() && out == text;
    };
    const std::string value =
        R"({"":"","a":[1,-2,[],{}],"b":{"x":true,"y":null},"c":"12345678 ~"})";
    CHECK(skipped(value));
    each_neighbour(value, [&](const std::string& text) {
        if (skipped(text)) CHECK(Json::parse(text).has_value());
    });
    CHECK_FALSE(skipped(std::string(20, '[') + std::string(20, ']')));
    CHECK_FALSE(skipped("9007199254740992"));
    CHECK_FALSE(skipped("-0"));
    for (std::size_t at = 0; at < 20; ++at) { // wherever it stands among eight bytes
        for (const char bad : {'\\', '\n', '\x1f', '\x7f', '\x80', '\xff'}) {
            std::string text = '"' + std::string(20, 'x') + '"';
            text[at + 1] = bad;
            CHECK_FALSE(skipped(text));
        }
    }
}

TEST_CASE("base64 is read into memory in hand only when it fits") {
    std::array<std::uint8_t, 4> four{};
    CHECK(base64_decode_to("AQIDBA==", four));
    CHECK(four == std::array<std::uint8_t, 4>{1, 2, 3, 4});
    CHECK_FALSE(base64_decode_to("AQIDBB==", four)); // bits left over
    CHECK_FALSE(base64_decode_to("AQIDBA=", four));
    CHECK_FALSE(base64_decode_to("AQID", four));
    CHECK_FALSE(base64_decode_to("AQI*BA==", four));
}
