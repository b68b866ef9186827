// What requesters say of their work, and what members answer to it.

#include "api/json_shape.hpp"
#include "api/task_form.hpp"
#include "tests/fuzz/decoder.hpp"

#include <array>

namespace handprint::fuzz {

namespace {

using api::TaskForm;
using record::Json;

constexpr const char* kTerms =
    R"({"choices":[{"label":"Clear","value":"clear"},{"hint":"why?","label":"No","value":"no"}],)"
    R"("domain":"health/information","fields":[{"label":"A","name":"text"},)"
    R"({"label":"N","name":"n"}],"instructions":"","question":"Clear?","title":"Leaflets"})";

const TaskForm& form() {
    static const TaskForm made =
        TaskForm::read(Json::parse(kTerms, record::JsonMode::lenient).value()).value();
    return made;
}

void terms(std::string_view text) {
    const auto json = Json::parse(text, record::JsonMode::lenient);
    if (!json) return;
    const auto read = TaskForm::read(*json, "terms.", {"health/information"});
    if (!read) {
        must(!read.error().code.empty() && !read.error().detail.empty(), "it says why");
        must(read.error().field.starts_with("terms."), "and of which field");
        return;
    }
    must(!read->fields().empty() && read->choices().size() >= 2, "there is something to choose");
    for (const auto& choice : read->choices()) {
        must(api::is_plain_text(choice, 200), "a choice can be read");
        const std::string answer = Json::object({{"value", Json(choice)}}).encode();
        must(!read->answer_fault("application/json", answer), "each choice is an answer");
    }
}

void answer(std::string_view text) {
    const auto fault = form().answer_fault("application/json", text);
    if (fault) {
        must(!fault->code.empty() && fault->field.empty(), "it says why");
        return;
    }
    const auto json = Json::parse(text, record::JsonMode::lenient, text.size());
    must(json.has_value(), "an answer is JSON");
    must(form().choices().contains(json->at("value").text()), "and one of the choices");
    must(form().answer_fault("text/plain", text).has_value(), "of its type only");
}

/// A row of a file as members see it: the fields of the terms and nothing else.
void task_content(std::string_view text) {
    const std::string shown = form().shown(text);
    must(form().shown(shown) == shown, "what is shown is shown the same");
    must(shown.front() == '{' && shown.back() == '}', "an object");
    if (shown == "{}") return;
    must(shown.starts_with("{\"text\":") || shown.starts_with("{\"n\":"), "of no other column");
}

constexpr std::array kDecoders = {
    Decoder{
        "terms", terms, [] { return Seeds{kTerms, R"({"choices":[{"value":"a"}],"fields":[]})"}; }
    },
    Decoder{
        "answer",
        answer,
        [] {
            return Seeds{
                R"({"value":"clear"})",
                "{ \"note\": \"why\\u00e9\", \"value\": \"no\" }",
                R"({"value":"other"})",
                R"({"value":["clear"]})"
            };
        }
    },
    Decoder{
        "task_content",
        task_content,
        [] {
            return Seeds{
                R"({"text":"a","truth":"clear","n":[1.50,null]})", R"({"n":1,"n":2})", "[]", "\xFF"
            };
        }
    },
};

} // namespace

std::span<const Decoder> form_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
