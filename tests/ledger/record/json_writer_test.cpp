#include "ledger/base/bytes.hpp"
#include "ledger/record/json_writer.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace handprint;
using namespace handprint::record;

namespace {

template <class Write>
std::string written(Write write) {
    std::string out;
    JsonWriter writer(out);
    write(writer);
    return out;
}

} // namespace

TEST_CASE("what is written piece by piece is what the canonical reader takes") {
    const Hash hash{0xfb, 0xef, 0xbe};
    const std::string text = written([&hash](JsonWriter& w) {
        w.begin_object();
        w.key("amount").amount(std::numeric_limits<std::int64_t>::min());
        w.key("empty").begin_array().end_array();
        w.key("hash").bytes(hash);
        w.key("list")
            .begin_array()
            .natural(0)
            .integer(-kJsonMaxInteger)
            .text("")
            .null()
            .end_array();
        w.key("nested").begin_object().key("a").json(Json(true)).end_object();
        w.key("raw").raw(R"({"b":[1]})");
        w.key("text").text("a \"b\" \\ \n \x01 Kā");
        w.end_object();
    });
    CHECK(
        text
        == R"({"amount":"-9223372036854775808","empty":[],)"
           R"("hash":"++++AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",)"
           R"("list":[0,-9007199254740991,"",null],"nested":{"a":true},"raw":{"b":[1]},)"
           R"("text":"a \"b\" \\ \n \u0001 Kā"})"
    );
    const auto read = Json::parse(text);
    REQUIRE(read);
    CHECK(read->encode() == text);
}

TEST_CASE("an object begins its keys anew, and a Json may be deeper than a ledger's") {
    const std::string text = written([](JsonWriter& w) {
        w.begin_array();
        for (int i = 0; i < 2; ++i)
            w.begin_object().key("z").natural(1).end_object();
        w.end_array();
    });
    CHECK(text == R"([{"z":1},{"z":1}])");
    Json deep(1);
    for (int i = 0; i < 40; ++i)
        deep = Json::array({std::move(deep)});
    CHECK(deep.encode() == std::string(40, '[') + '1' + std::string(40, ']'));
}
