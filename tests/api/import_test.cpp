#include "api/import.hpp"
#include "api/task_chunk.hpp"
#include "tests/api/read_all.hpp"

#include <doctest/doctest.h>

using namespace handprint::api;

namespace {

Tasks read_jsonl(std::string_view body, RowRules rules = {}) {
    return read_all(TaskFormat::jsonl, body, rules);
}

Tasks read_csv(std::string_view body, RowRules rules = {}) {
    return read_all(TaskFormat::csv, body, rules);
}

std::string code_of(const Tasks& tasks) {
    return tasks ? "" : tasks.error().code;
}

std::string names(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += ",c" + std::to_string(i);
    return text;
}

std::string object(std::size_t keys) {
    std::string text = "{\"id\":1";
    for (std::size_t i = 1; i < keys; ++i)
        text += ",\"k" + std::to_string(i) + "\":[\":\"]";
    return text + "}\n";
}

} // namespace

TEST_CASE("a row has at most 1,000 keys, for each costs as much as there are") {
    CHECK(code_of(read_jsonl(object(1'000))).empty());
    CHECK(code_of(read_jsonl(object(1'001))) == "row_too_large");
}

TEST_CASE("a sheet has at most 1,000 columns") {
    const auto sheet = [](std::size_t columns) {
        return "id" + names(columns - 1) + "\n1" + std::string(columns - 1, ',') + "\n";
    };
    CHECK(code_of(read_csv(sheet(1'000))).empty());
    CHECK(code_of(read_csv(sheet(1'001))) == "bad_header");
}

TEST_CASE("what is wrong with the columns of a sheet is said of its first line") {
    const std::vector<std::string> shown = {"text"};
    const auto wrong = [&shown](const std::string& sheet) {
        const auto task = TaskReader(TaskFormat::csv, sheet, {.fields = shown}).next();
        REQUIRE_FALSE(task);
        CHECK(task.error().field == "line 1");
        return task.error().code + ": " + task.error().detail;
    };
    CHECK(wrong("id;text\n1;a\n").find("commas") != std::string::npos);
    CHECK(wrong("name,text\n1,a\n") == "bad_header: No column is named id.");
    CHECK(wrong("id,words\n1,a\n").starts_with("field_missing: No column is named \"text\""));
    CHECK(wrong(std::string("\xFF\xFEi\0d\0,\0t\0", 10)) == "not_utf8: Text is UTF-8.");
}

TEST_CASE("no row of a sheet is read further than 64 KiB") {
    const std::string start = "id,text\n1,\"";
    const std::string fits = start + std::string(64 * 1024 - 5, 'x') + "\"\n";
    CHECK(code_of(read_csv(fits)).empty());
    CHECK(code_of(read_csv(start + std::string(64 * 1024 - 4, 'x') + "\"\n")) == "row_too_large");
    CHECK(code_of(read_csv(start + std::string(1'000'000, 'x'))) == "row_too_large");
    CHECK(code_of(read_csv(start + "x")) == "open_quote");
    CHECK(code_of(read_csv(std::string(1'000'000, ','))) == "row_too_large");
}

TEST_CASE("a key that stands twice in a row leaves open what is meant") {
    CHECK(code_of(read_jsonl(R"({"id":"1","id":"2","text":"a"})")) == "not_json");
    CHECK(code_of(read_jsonl(R"({"id":"1","text":[{"a":1,"a":2}]})")) == "not_json");
    CHECK(code_of(read_jsonl(R"({"id":"1","text":[{"a":1},{"a":":"}]})")).empty());
}

TEST_CASE("a fault in a sheet is where a person sees it, below cells of several lines") {
    const auto tasks = read_csv("id,\"te\nxt\"\n1,\"a\nb\nc\"\n\n2,d,e\n");
    REQUIRE_FALSE(tasks);
    CHECK(tasks.error().code == "cell_count");
    CHECK(tasks.error().field == "line 7");
}

TEST_CASE("an id is a name that people can read") {
    CHECK(is_external("s-1001"));
    CHECK(is_external("kipengee \xC3\xA9"));
    CHECK(is_external(std::string(128, 'x')));
    CHECK_FALSE(is_external(""));
    CHECK_FALSE(is_external(std::string(129, 'x')));
    CHECK_FALSE(is_external("a\tb"));
    CHECK_FALSE(is_external("a\x7F"));
    CHECK_FALSE(is_external("\xC3"));
    CHECK(code_of(read_jsonl("{\"id\":\"a\\u0000\",\"t\":1}")) == "bad_id");
    CHECK(code_of(read_csv("id,t\n\xFF,b\n")) == "bad_id");
    const auto tasks = read_csv("id,t\n\na,b\nb,c\n");
    REQUIRE(tasks);
    CHECK(tasks->back().line == 4);
}

TEST_CASE("a row has what members are to be shown, and the right answer in a test") {
    const std::vector<std::string> fields = {"text"};
    const std::string_view rows =
        "{\"id\":1,\"more\":1,\"text\":null}\n\n{\"id\":2,\"texts\":\"a\"}";
    CHECK(read_jsonl(rows));
    const auto lacking = read_jsonl(rows, {.fields = fields});
    REQUIRE_FALSE(lacking);
    CHECK(lacking.error().code == "field_missing");
    CHECK(lacking.error().field == "line 3");
    CHECK(code_of(read_csv("id,more\n1,a\n", {.fields = fields})) == "field_missing");

    CHECK(code_of(read_jsonl(rows, {.truth = true})) == "truth_missing");
    const auto test = read_csv("id,text,truth\n1,a,yes\n", {.truth = true, .fields = fields});
    REQUIRE(test);
    CHECK(test->front().truth == "yes");
    CHECK(test->front().content == "{\"text\":\"a\"}");
    const std::set<std::string, std::less<>> choices = {"yes", "no"};
    const RowRules rules{.truth = true, .choices = &choices};
    CHECK(read_csv("id,text,truth\n1,a,yes\n", rules));
    for (const char* truth : {"maybe", "Yes", ""}) {
        const auto wrong =
            read_csv("id,text,truth\n1,a,yes\n2,b," + std::string(truth) + "\n", rules);
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().code == "not_a_choice");
        CHECK(wrong.error().field == "line 3 truth");
    }
    // What members are shown is not what was taken out of their sight.
    const std::vector<std::string> hidden = {"truth"};
    CHECK(
        code_of(read_csv("id,text,truth\n1,a,yes\n", {.truth = true, .fields = hidden}))
        == "field_missing"
    );
}

TEST_CASE("a body has rows") {
    CHECK(code_of(read_jsonl("")) == "no_rows");
    CHECK(code_of(read_jsonl("\n\r\n")) == "no_rows");
    CHECK(code_of(read_csv("id,text\n")) == "no_rows");
}

TEST_CASE("a chunk gives back the tasks that were written into it") {
    const std::vector<ImportedTask> tasks = {
        {"one two", R"({"text":"a b"})", std::nullopt}, {"", "{}", "truth"}
    };
    const std::string text = write_chunk(tasks);
    CHECK(text == "b25lIHR3bw== {\"text\":\"a b\"}\n {}\n");
    const auto read = read_chunk(text);
    REQUIRE(read);
    CHECK(*read == std::vector<TaskContent>{{"one two", R"({"text":"a b"})"}, {"", "{}"}});
    CHECK_FALSE(read_chunk(text.substr(0, text.size() - 1)));
    CHECK_FALSE(read_chunk("no-space\n"));
    CHECK_FALSE(read_chunk("b2 {}\n"));
}

TEST_CASE("terms that a task has of its own are taken out of what members see") {
    using handprint::market::OwnTerms;
    const auto jsonl = read_jsonl(
        "{\"id\":1,\"t\":\"x\",\"price_micros\":2500000,\"overlap\":3,\"expires_at\":4102444800000}"
        "\n"
        "{\"id\":2,\"t\":\"y\",\"price_micros\":null}\n"
    );
    REQUIRE(jsonl);
    CHECK((*jsonl)[0].content == "{\"t\":\"x\"}");
    CHECK((*jsonl)[0].own == OwnTerms{0, 2'500'000, 3, 4'102'444'800'000});
    CHECK_FALSE((*jsonl)[1].own.any());
    const auto csv = read_csv("id,t,overlap,price_micros\na,x,,3000000\nb,y,2,\n");
    REQUIRE(csv);
    CHECK((*csv)[0].own == OwnTerms{0, 3'000'000, 0, 0});
    CHECK((*csv)[1].own == OwnTerms{0, 0, 2, 0});
    CHECK((*csv)[1].content == "{\"t\":\"y\"}");

    for (const char* bad :
         {"0", "-1", "1.5", "\"x\"", "\"07\"", "true", "[1]", "{}", "9223372036854775808", "1e3"}) {
        const auto refused = read_jsonl(
            "{\"id\":1,\"t\":1}\n{\"id\":2,\"t\":1,\"overlap\":" + std::string(bad) + "}"
        );
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == "bad_override");
        CHECK(refused.error().field == "line 2 overlap");
    }
    CHECK(code_of(read_jsonl("{\"id\":1,\"price_micros\":5}")) == "empty_row");
}

TEST_CASE("a chunk gives back the terms of its tasks") {
    const std::vector<ImportedTask> tasks = {
        {"one", "{}", std::nullopt, 1, {0, 2'500'000, 0, 7}}, {"two", "{}", std::nullopt}
    };
    const std::string text = write_chunk(tasks);
    CHECK(text == "b25l:2500000:0:7 {}\ndHdv {}\n");
    const auto read = read_chunk(text);
    REQUIRE(read);
    CHECK(*read == std::vector<TaskContent>{{"one", "{}", {0, 2'500'000, 0, 7}}, {"two", "{}"}});
    for (const char* bad :
         {"b25l:1:2 {}\n",
          "b25l:0:0:0 {}\n",
          "b25l:1:2:x {}\n",
          "b25l:1:2:3:4 {}\n",
          "b25l:01:2:3 {}\n",
          ": {}\n"})
        CHECK_FALSE(read_chunk(bad));
}
