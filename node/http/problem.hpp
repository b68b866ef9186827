#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace handprint::http {

/// What a caller may do about a problem.
enum class Retry : std::uint8_t { never, later, same_id, fresh };

[[nodiscard]] std::string_view name(Retry retry) noexcept;

/// An RFC 9457 problem that the transport itself reports.
struct Problem {
    int status = 500;
    std::string code;  // "rate_limited"; the last part of the problem's type
    std::string title; // "Too many requests"
    std::string detail;
    Retry retry = Retry::never;
    std::uint32_t retry_after_s = 0; // sent as Retry-After unless 0
    std::string field = {};          // what of the request breaks the rule that `detail` states
};

/// What a handler throws when something that it needs cannot be had now, so that no answer would be
/// right. The caller is told unavailable().
struct Unavailable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

[[nodiscard]] Problem unavailable();

/// For what else a handler throws.
[[nodiscard]] Problem internal();

/// For a path that no route and no file has.
[[nodiscard]] Problem not_found();

/// For a parameter of the query that is not one of the route's.
[[nodiscard]] Problem unknown_field(std::string_view name);

/// For one that stands there more than once.
[[nodiscard]] Problem repeated_field(std::string_view name);

/// The JSON of it. Text that is not UTF-8 is cut at the first bad byte.
[[nodiscard]] std::string problem_json(const Problem& problem);

} // namespace handprint::http
