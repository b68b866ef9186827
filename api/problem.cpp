#include "api/problem.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace handprint::api {

namespace {

std::string title_of(const std::string& code) {
    std::string title = code;
    for (char& c : title) {
        if (c == '_') c = ' ';
    }
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z') {
        title[0] = static_cast<char>(title[0] - 'a' + 'A');
    }
    return title;
}

std::string rule_of(record::JsonFault fault) {
    switch (fault) {
    case record::JsonFault::not_utf8:
        return "Text is UTF-8, without half of a surrogate pair";
    case record::JsonFault::not_integer:
        return "Numbers are integers, without fraction or exponent";
    case record::JsonFault::out_of_range:
        return "Integers are at most " + std::to_string(record::kJsonMaxInteger) + " either way";
    case record::JsonFault::duplicate_key:
        return "A key stands once in its object";
    case record::JsonFault::bad_key:
        return "Keys are printable ASCII";
    case record::JsonFault::too_deep:
        return "Objects and lists nest at most " + std::to_string(record::kJsonMaxDepth) + " deep";
    case record::JsonFault::too_large:
        return "JSON is at most " + std::to_string(record::kJsonDefaultMaxBytes) + " bytes";
    case record::JsonFault::not_json:
    case record::JsonFault::not_canonical:
        break;
    }
    return "The body is JSON";
}

} // namespace

ApiProblem from_refusal(const market::Refusal& refusal) {
    ApiProblem problem{422, refusal.code, refusal.detail, refusal.field, "never", refusal.existing};
    switch (refusal.family) {
    case market::Family::invalid:
        break;
    case market::Family::later:
        problem.status = 409;
        problem.retry = "later";
        break;
    case market::Family::done:
        problem.status = 409;
        break;
    case market::Family::denied:
        problem.status = 403;
        break;
    case market::Family::conflict:
        problem.status = 409;
        problem.retry = "fresh";
        break;
    }
    return problem;
}

ApiProblem bad_request(std::string code, std::string field, std::string detail) {
    return {400, std::move(code), std::move(detail), std::move(field), "never"};
}

ApiProblem not_json(const record::JsonError& error) {
    return bad_request(
        "not_json",
        "body",
        rule_of(error.fault) + "; not so at byte " + std::to_string(error.offset) + "."
    );
}

ApiProblem not_found(std::string code, std::string detail) {
    return {404, std::move(code), std::move(detail), {}, "never"};
}

std::string to_json(const ApiProblem& problem) {
    nlohmann::ordered_json json{
        {"type", "https://handprint.example/problems/" + problem.code},
        {"title", title_of(problem.code)},
        {"status", problem.status},
        {"detail", problem.detail},
        {"code", problem.code},
    };
    if (!problem.field.empty()) {
        json["field"] = problem.field;
        json["rule"] = problem.detail;
    }
    json["retry"] = problem.retry;
    for (const auto& [kind, number] : problem.existing)
        json["existing"][kind] = number;
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace handprint::api
