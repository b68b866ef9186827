#include "api/json_shape.hpp"
#include "api/task_form.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace handprint;
using namespace handprint::api;
using record::Json;

namespace {

Json terms() {
    return Json::parse(R"({"choices":[{"label":"Yes","value":"yes"},{"label":"No","value":"no"}],)"
                       R"("domain":"law/contracts","fields":[{"label":"Text","name":"text"}],)"
                       R"("instructions":"Read.\nThen choose.","question":"Clear?","title":"A"})")
        .value();
}

Json changed(const char* key, const std::string& value) {
    Json out = terms();
    out.set(key, Json::parse(value).value());
    return out;
}

} // namespace

TEST_CASE("plain text: what is printed is what is there") {
    CHECK(is_plain_text("Kazi ya leo", 200));
    CHECK(is_plain_text("two\nlines", 200, true));
    for (const std::string& text :
         {std::string(),
          std::string(" a"),
          std::string("a "),
          std::string("two\nlines"),
          std::string("a\0b", 3),
          std::string("\x7f"),
          std::string("a\xE2\x80\xAE"
                      "b"), // U+202E turns what follows
          std::string("\xE2\x81\xA6"
                      "a"),
          std::string("\xff"),
          std::string(201, 'a')}) {
        CAPTURE(text);
        CHECK_FALSE(is_plain_text(text, 200));
    }
    CHECK(is_plain_text("a\xE2\x80\x99s", 200)); // an apostrophe, beside them in the table
}

TEST_CASE("task form: terms that nobody could work by are refused by field") {
    CHECK(TaskForm::read(terms()));
    CHECK(TaskForm::read(changed("instructions", R"("")")));
    CHECK(TaskForm::read(changed("fields", R"([{"label":"Claim","name":"truth"}])")));
    CHECK(TaskForm::read(terms(), {}, {"law/contracts"}));
    const std::vector<std::pair<Json, std::string>> wrong = {
        {changed("title", R"("")"), "title"},
        {changed("fields", R"([{"label":"Text","name":"text"},{"label":"No","name":"id"}])"),
         "fields[1].name"},
        {changed("fields", R"([{"label":"Pay","name":"price_micros"}])"), "fields[0].name"},
        {changed("instructions", "7"), "instructions"},
        {changed("question", "null"), "question"},
        {changed("choices", R"([{"label":"Yes","value":"yes"}])"), "choices"},
        {changed("choices", R"([{"label":"A","value":"a"},{"label":"B","value":"a"}])"),
         "choices[1].value"},
        {changed("choices", R"([{"label":"A","value":"a"},"b"])"), "choices[1]"},
        {changed("choices", R"([{"label":"A","value":"a"},{"k":1,"label":"B","value":"b"}])"),
         "choices[1]"},
        {changed("fields", "[]"), "fields"},
        {changed("fields", R"([{"name":"text"}])"), "fields[0].label"},
    };
    for (const auto& [document, field] : wrong) {
        const auto read = TaskForm::read(document, "terms.");
        REQUIRE_FALSE(read);
        CHECK(read.error().field == "terms." + field);
    }
    const auto elsewhere = TaskForm::read(terms(), {}, {"law"});
    REQUIRE_FALSE(elsewhere);
    CHECK(elsewhere.error().code == "unknown_domain");
}

TEST_CASE("task form: an answer is one of the choices, and a note") {
    const TaskForm form = TaskForm::read(terms()).value();
    const auto code = [&form](std::string_view bytes, const char* type = "application/json") {
        const auto fault = form.answer_fault(type, bytes);
        return fault ? fault->code : std::string();
    };
    CHECK(code(R"({"value":"yes"})").empty());
    CHECK(code(R"({"note":"not sure","value":"no"})").empty());
    CHECK(code(R"({"value":"maybe"})") == "not_a_choice");
    CHECK(code(R"({"value":"yes"})", "text/plain") == "bad_answer");
    for (const std::string& bytes :
         {std::string(),
          std::string("yes"),
          std::string(R"("yes")"),
          std::string("\x00\xff", 2),
          std::string(R"({"value":["yes"]})"),
          std::string(R"({"value":"yes","value":"no"})"),
          std::string(R"({"note":1,"value":"yes"})"),
          std::string(R"({"value":"yes","x":1})"),
          R"({"note":")" + std::string(4001, 'n') + R"(","value":"yes"})",
          R"({"value":)" + std::string(60'000, '[') + std::string(60'000, ']') + '}'}) {
        CAPTURE(bytes.substr(0, 40));
        CHECK(code(bytes) == "bad_answer");
    }
}

TEST_CASE("whatever was handed in is exported as JSON of one line") {
    CHECK(json_line("{\"value\":\n\"a\",  \"n\": 1.50}") == R"({"value":"a","n":1.5})");
    CHECK(json_line("not json\n") == R"("not json\n")");
    CHECK(json_line(std::string_view("\x00\xff", 2)) == R"({"base64":"AP8="})");
    const std::string deep = std::string(60'000, '[') + std::string(60'000, ']');
    CHECK(json_line(deep) == '"' + deep + '"');
    CHECK(json_line("") == R"("")");
}

TEST_CASE("the domains of a taxonomy, however deep") {
    CHECK(
        domains_of(R"({"domains":[{"id":"law","children":[{"id":"law/contracts"}]},{"id":"chat"}]})"
        )
        == Domains{"chat", "law", "law/contracts"}
    );
    CHECK(domains_of("no").empty());
}

TEST_CASE("task form: members are shown the fields of the terms and nothing else of a row") {
    const auto form = TaskForm::read(changed(
        "fields", R"([{"label":"Text","name":"text"},{"label":"Seen in","name":"seen_in"}])"
    ));
    REQUIRE(form);
    CHECK(
        form->shown(
            R"({"truth":"yes","seen_in":{"a":[1,0.5]},"internal_note":"hard","text":"\u00e9"})"
        )
        == R"({"text":"é","seen_in":{"a":[1,0.5]}})"
    );
    CHECK(form->shown(R"({"text":null})") == R"({"text":null})");
    CHECK(form->shown(R"({"truth":"yes"})") == "{}");
    CHECK(form->shown("[1]") == "{}");
    CHECK(form->shown("") == "{}");
}
