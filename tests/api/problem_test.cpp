#include "api/problem.hpp"

#include <doctest/doctest.h>

#include <string>

namespace handprint::api {

namespace {

std::string told(const std::string& body) {
    const auto json = record::Json::parse(body, record::JsonMode::lenient);
    return json ? "" : not_json(json.error()).detail;
}

} // namespace

TEST_CASE("problem: what is wrong with a body is told as a rule and a place") {
    CHECK(told("") == "The body is JSON; not so at byte 0.");
    CHECK(told(R"({"a":)") == "The body is JSON; not so at byte 5.");
    CHECK(told("{\"a\":\"\xff\"}").starts_with("Text is UTF-8, without half of a surrogate pair;"));
    CHECK(
        told(R"({"a":1.5})")
        == "Numbers are integers, without fraction or exponent; not so at byte 5."
    );
    CHECK(told(R"({"a":9007199254740992})")
              .starts_with("Integers are at most 9007199254740991 either way;"));
    CHECK(told(R"({"a":1,"a":2})") == "A key stands once in its object; not so at byte 0.");
    CHECK(told("{\"\xc3\xa4\":1}").starts_with("Keys are printable ASCII;"));
    CHECK(
        told(std::string(17, '[')) == "Objects and lists nest at most 16 deep; not so at byte 16."
    );
    CHECK(told("{}").empty());

    const auto problem = not_json({record::JsonFault::too_deep, 16});
    CHECK(problem.status == 400);
    CHECK(problem.code == "not_json");
    CHECK(problem.field == "body");
    CHECK(to_json(problem).find(R"("rule":"Objects and lists nest)") != std::string::npos);
}

} // namespace handprint::api
