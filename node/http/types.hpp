#pragma once

#include "node/http/auth.hpp"
#include "node/http/fields.hpp"
#include "node/http/problem.hpp"
#include "node/http/uri.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::http {

class EventStream;

enum class Method : std::uint8_t { get, head, post, put, patch, del, options, other };

[[nodiscard]] std::string_view name(Method method) noexcept;

/// A request that has passed limits, routing and authentication. It owns all that came with it.
struct Request {
    Method method = Method::get;
    std::string path;       // as sent, without the query
    std::string query_text; // as sent, without the '?'
    Query query;
    std::string_view route; // its pattern; as long as the server is there
    std::vector<std::pair<std::string_view, std::string>> params; // of the route, decoded
    Fields headers;
    std::string body;
    std::string peer;    // address of the caller, without port
    bool secure = false; // it came over TLS, here or as far as a trusted proxy
    std::optional<Principal> principal;

    /// A parameter named in the route's pattern; empty if the pattern has none of that name.
    [[nodiscard]] std::string_view param(std::string_view name) const noexcept;
};

struct Response {
    int status = 200;
    std::string content_type;
    Fields headers;
    std::string body;
    /// Bytes that many responses share; sent instead of `body`.
    std::shared_ptr<const std::string> shared_body;
    /// Server-Sent Events: the response is this stream, and the body is not used.
    std::shared_ptr<EventStream> stream;

    [[nodiscard]] static Response json(std::string text, int status = 200);
    [[nodiscard]] static Response text(std::string text, int status = 200);
    [[nodiscard]] static Response empty(int status = 204);
    [[nodiscard]] static Response events(std::shared_ptr<EventStream> stream);

    /// Adds a header and returns the response, to be chained.
    Response& with(std::string_view name, std::string_view value);
};

[[nodiscard]] Response problem(const Problem& problem);

} // namespace handprint::http
