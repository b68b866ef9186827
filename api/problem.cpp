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
