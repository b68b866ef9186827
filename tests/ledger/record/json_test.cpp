#include "ledger/record/json.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace {

using handprint::record::describe;
using handprint::record::Json;
using handprint::record::JsonFault;
using handprint::record::JsonMode;
using handprint::record::kJsonMaxInteger;

std::string fault_of(std::string_view text, JsonMode mode = JsonMode::canonical) {
    const auto json = Json::parse(text, mode);
    return json ? "accepted" : std::string(name(json.error().fault));
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

} // namespace

TEST_CASE("canonical JSON comes back byte for byte") {
    const std::vector<std::string> texts = {
        "null",
        "true",
        "false",
        "0",
        "-1",
        "9007199254740991",
        "-9007199254740991",
        R"("")",
        R"("a\"b\\c")",
        R"("\b\t\n\f\r\u0000\u001f")",
        "\"\x7f\"",
        "\"/\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xb6\"",
        "[]",
        "{}",
        R"([1,"x",[null,{}],{"a":1,"b":[]}])",
        R"({"":0," ":1,"A":2,"B":3,"a":4,"~":5})",
        nested(16),
    };
    for (const std::string& text : texts) {
        CAPTURE(text);
        const auto json = Json::parse(text);
        REQUIRE(json.has_value());
        CHECK(json->encode() == text);
    }
}

TEST_CASE("what is not canonical is refused with its reason") {
    struct Row {
        std::string text;
        std::string fault;
    };

    const std::vector<Row> rows = {
        {"", "not_json"},
        {" 1", "not_canonical"},
        {"1 ", "not_canonical"},
        {"1\n", "not_canonical"},
        {"[1, 2]", "not_canonical"},
        {"[1,]", "not_json"},
        {"[1", "not_json"},
        {"[1 2]", "not_canonical"},
        {"{\"a\":1,}", "not_json"},
        {"{\"a\" :1}", "not_canonical"},
        {"{a:1}", "not_json"},
        {"tru", "not_json"},
        {"truee", "not_json"},
        {"nan", "not_json"},
        {"01", "not_json"},
        {"+1", "not_json"},
        {"-", "not_json"},
        {"-0", "not_canonical"},
        {"1.0", "not_integer"},
        {"1e3", "not_integer"},
        {"-0.0", "not_integer"},
        {"9007199254740992", "out_of_range"},
        {"-9007199254740992", "out_of_range"},
        {"123456789012345678901234567890", "out_of_range"},
        {R"({"b":1,"a":2})", "not_canonical"},
        {R"({"a":1,"a":2})", "duplicate_key"},
        {"{\"\xc3\xa9\":1}", "bad_key"},
        {"{\"\\t\":1}", "bad_key"},
        {"{\"\x7f\":1}", "bad_key"},
        {R"("\/")", "not_canonical"},
        {R"("\u0041")", "not_canonical"},
        {R"("\u000a")", "not_canonical"},
        {R"("\u001F")", "not_canonical"},
        {R"("\u00e9")", "not_canonical"},
        {R"("\x41")", "not_json"},
        {R"("\u12")", "not_json"},
        {R"("\u00zz")", "not_json"},
        {"\"\n\"", "not_json"},
        {"\"abc", "not_json"},
        {"\"abc\\", "not_json"},
        {"\"\xff\"", "not_utf8"},
        {"\"\xc0\x80\"", "not_utf8"},
        {"\"\xed\xa0\x80\"", "not_utf8"},
        {"\"\xf4\x90\x80\x80\"", "not_utf8"},
        {"\xef\xbb\xbf{}", "not_json"},
        {"[]x", "not_json"},
        {nested(17), "too_deep"},
        {std::string("\"a\0b\"", 5), "not_json"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(row.text) == row.fault);
    }
}

TEST_CASE("a fault is found where it is") {
    const auto json = Json::parse(R"({"a":1,"b":01})");
    REQUIRE(!json.has_value());
    CHECK(json.error().fault == JsonFault::not_json);
    CHECK(json.error().offset == 11);
    CHECK(describe(json.error()) == "not_json at byte 11");
}

TEST_CASE("lenient mode takes any layout and nothing more") {
    const auto json = Json::parse(
        " { \"b\" : [ 1 , 2 ] ,\r\n\t\"a\":\"\\u0041\\/\\ud83d\\udcb6\" } ", JsonMode::lenient
    );
    REQUIRE(json.has_value());
    CHECK(json->encode() == "{\"a\":\"A/\xf0\x9f\x92\xb6\",\"b\":[1,2]}");

    CHECK(fault_of(R"({"b":1,"a":1,"b":2})", JsonMode::lenient) == "duplicate_key");
    CHECK(fault_of("1.0", JsonMode::lenient) == "not_integer");
    CHECK(fault_of(R"("\ud83d")", JsonMode::lenient) == "not_utf8");
    CHECK(fault_of(R"("\udcb6")", JsonMode::lenient) == "not_utf8");
    CHECK(fault_of(R"("\ud83d\u0041")", JsonMode::lenient) == "not_utf8");
    CHECK(fault_of("[1,]", JsonMode::lenient) == "not_json");
    CHECK(fault_of("// x\n1", JsonMode::lenient) == "not_json");
    CHECK(fault_of(nested(17), JsonMode::lenient) == "too_deep");
}

TEST_CASE("a text above the limit is not looked at") {
    const auto json = Json::parse("[1,2,3]", JsonMode::canonical, 6);
    REQUIRE(!json.has_value());
    CHECK(json.error().fault == JsonFault::too_large);
    CHECK(Json::parse("[1,2,3]", JsonMode::canonical, 7).has_value());
}

TEST_CASE("values are built in any order and written in one") {
    Json json;
    json.set("z", 1).set("a", Json::array({"x", nullptr, true, -5}));
    json.set("z", 2);
    CHECK(json.encode() == R"({"a":["x",null,true,-5],"z":2})");
    CHECK(json == Json::object({{"z", 2}, {"a", Json::array({"x", nullptr, true, -5})}}));
    CHECK(json.at("z").integer() == 2);
    CHECK(json.find("y") == nullptr);
    CHECK(json.at("z").as_string() == nullptr);
    CHECK(Json(kJsonMaxInteger).encode() == "9007199254740991");
}

TEST_CASE("every cut of a text is refused") {
    const std::string text =
        R"({"authority":"actor","parts":[{"commit":"x\n","role":"coop"}],"sums":[["a","b","-1"]]})";
    REQUIRE(Json::parse(text).has_value());
    for (std::size_t length = 0; length < text.size(); ++length) {
        CHECK(!Json::parse(text.substr(0, length)).has_value());
        CHECK(!Json::parse(text.substr(0, length), JsonMode::lenient).has_value());
    }
}

TEST_CASE("a changed byte never gives another text of the same value") {
    const std::string text = R"({"a":["x\n",12,null,true],"b":{"c":"\u0001","d":-3}})";
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = text;
            changed[i] = static_cast<char>(byte);
            const auto json = Json::parse(changed);
            if (json) CHECK(json->encode() == changed);
        }
    }
}

TEST_CASE("a member that is not there, or of another type, reads as nothing") {
    const Json json = *Json::parse(R"({"n":7,"t":"x"})");
    CHECK(json.text_of("t") == "x");
    CHECK(json.text_of("n").empty());
    CHECK(json.text_of("none").empty());
    CHECK(Json(7).text_of("t").empty());
    CHECK(json.integer_of("n", -1) == 7);
    CHECK(json.integer_of("t", -1) == -1);
    CHECK(json.integer_of("none", -1) == -1);
    CHECK(Json("x").integer_of("n", -1) == -1);
}

TEST_CASE("parsing speed") {
    // The header and the coop part of one accepted task, as an audit reads them.
    const std::string commit(43, 'A');
    const std::string header =
        R"({"authority":"actor","format":"handprint/entry/v1","kind":"accept","parts":[{"commit":")"
        + commit + R"(=","role":"coop"},{"commit":")" + commit
        + R"(=","role":"member"}],"rules":9,"sums":[["fee","KES","-70"],["hold","KES","770"],)"
          R"(["payable","KES","-700"]],"time":1795280000000})";
    const std::string coop =
        R"({"by":"r:3","chain":[[12,5]],"command":"00112233445566778899aabbccddeeff","events":)"
        R"([{"batch":7,"fee":"70","items":[[3,12,"700"]],"type":"accepted"}],"opens":)"
        R"(["payable/m:12"],"postings":[["fee/coop","KES","-70"],["hold/b:7","KES","770"],)"
        R"(["payable/m:12","KES","-700"]]})";
    constexpr int kRounds = 50'000;
    const auto start = std::chrono::steady_clock::now();
    std::size_t good = 0;
    for (int i = 0; i < kRounds; ++i) {
        good += Json::parse(header).has_value() ? 1U : 0U;
        good += Json::parse(coop).has_value() ? 1U : 0U;
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    CHECK(good == 2 * kRounds);
    const std::size_t bytes = header.size() + coop.size();
    MESSAGE(bytes << " bytes in " << took.count() / kRounds << " ns");
}
