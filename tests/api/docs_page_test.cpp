#include "api/docs_page.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

using namespace handprint::api;

std::set<std::string> found(const std::string& text, const char* pattern) {
    std::set<std::string> out;
    const std::regex regex(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at)
        out.insert((*at)[1]);
    return out;
}

std::string page_of(const std::string& operation, const std::string& more = "") {
    const auto page = docs_page(
        R"({"info":{"title":"A <b>","description":"For all."},"tags":[{"name":"t","description":"Things"}],)"
        R"("paths":{"/v1/x/{n}":{"get":{"operationId":"getX","tags":["t"],"summary":"One of them",)"
        + operation + R"("responses":{"200":{"description":"It."}}}}})" + more + "}"
    );
    REQUIRE(page);
    return *page;
}

bool has(const std::string& page, const char* text) {
    return page.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("the page of the interface names each operation, and its contents lead to each") {
    std::ifstream file("api/openapi.json");
    const std::string contract{std::istreambuf_iterator<char>(file), {}};
    REQUIRE_FALSE(contract.empty());
    const auto page = docs_page(contract);
    REQUIRE(page);
    const auto operations = found(contract, "\"operationId\":\"(\\w+)\"");
    CHECK(operations.size() > 40);
    const auto ids = found(*page, " id=\"([^\"]+)\"");
    const auto links = found(*page, "href=\"#([^\"]+)\"");
    for (const std::string& operation : operations)
        CHECK(ids.contains("op-" + operation));
    CHECK(ids == links);
    CHECK_FALSE(has(*page, "$ref"));
    CHECK_FALSE(has(*page, "<script"));
}

TEST_CASE("the page says who may call, with what, and what each field is") {
    const std::string page = page_of(
        R"("x-auth":"requester",)"
        R"("parameters":[{"$ref":"#/p/N"},{"name":"limit","in":"query","schema":{"type":"integer","minimum":1,"maximum":9}}],)"
        R"("requestBody":{"content":{"application/json":{"schema":{"$ref":"#/s/Body"},"example":{"rows":[]}}}},)",
        R"(,"p":{"N":{"name":"n","in":"path","required":true,"description":"The <n>.","schema":{"type":"integer"}}},)"
        R"("s":{"Body":{"type":"object","required":["rows"],"properties":{"rows":{"type":"array","items":{"$ref":"#/s/Row"}},)"
        R"("why":{"type":"string","maxLength":40}}},)"
        R"("Row":{"oneOf":[{"properties":{"task":{"const":1}}},{"properties":{"task":{"const":1},"all":{"enum":["a","b"]}}}]}})"
    );
    for (const char* text :
         {"A &lt;b&gt;",
          "a requester: the cookie of a session, or an API key",
          "<code>n</code></td><td>path</td><td>integer</td><td><p>The &lt;n&gt;.</p>",
          "<code>limit</code></td><td>query</td><td>integer, 1 to 9; may be left out</td>",
          "<code>rows</code></td><td>list of one of several forms</td>",
          "<code>rows[].task</code></td><td>always 1; may be left out</td>",
          "<code>rows[].all</code></td><td>one of a, b; may be left out</td>",
          "<code>why</code></td><td>string, at most 40 long; may be left out</td>"}) {
        CAPTURE(text);
        CHECK(has(page, text));
    }
    // What two forms have in common stands there once.
    CHECK(page.find("rows[].task") == page.rfind("rows[].task"));
}

TEST_CASE("a schema that holds itself ends") {
    const std::string page = page_of(
        R"("requestBody":{"content":{"application/json":{"schema":{"$ref":"#/s/Tree"}}}},)",
        R"(,"s":{"Tree":{"properties":{"child":{"$ref":"#/s/Tree"}}}})"
    );
    CHECK(has(page, "<code>child.child</code>"));
}

TEST_CASE("what is no OpenAPI document has no page") {
    for (const char* text : {"", "[]", "{\"info\":{}}", "{\"paths\":{}}"})
        CHECK_FALSE(docs_page(text));
}
