#include "node/http/types.hpp"

#include <array>

namespace handprint::http {

std::string_view name(Method method) noexcept {
    constexpr std::array<std::string_view, 8> kNames{
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "OTHER"
    };
    return kNames[static_cast<std::size_t>(method)];
}

std::string_view Request::param(std::string_view name) const noexcept {
    for (const auto& [key, value] : params) {
        if (key == name) return value;
    }
    return {};
}

Response Response::json(std::string text, int status) {
    Response out;
    out.status = status;
    out.content_type = "application/json";
    out.body = std::move(text);
    return out;
}

Response Response::text(std::string text, int status) {
    Response out;
    out.status = status;
    out.content_type = "text/plain; charset=utf-8";
    out.body = std::move(text);
    return out;
}

Response Response::empty(int status) {
    Response out;
    out.status = status;
    return out;
}

Response Response::events(std::shared_ptr<EventStream> stream) {
    Response out;
    out.content_type = "text/event-stream";
    out.stream = std::move(stream);
    return out;
}

Response& Response::with(std::string_view name, std::string_view value) {
    headers.add(name, value);
    return *this;
}

Response problem(const Problem& problem) {
    Response out;
    out.status = problem.status;
    out.content_type = "application/problem+json";
    out.body = problem_json(problem);
    if (problem.retry_after_s != 0) {
        out.headers.add("Retry-After", std::to_string(problem.retry_after_s));
    }
    return out;
}

} // namespace handprint::http
