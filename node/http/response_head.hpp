#pragma once

#include "node/http/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handprint::http {

struct HeadContext {
    std::string_view date;
    std::optional<std::uint64_t> length; // nothing: a stream, ended by closing
    bool close = false;                  // the last response of the connection
};

/// Status line and header fields, into `out`. Adds nosniff, and no-store where the response does
/// not say how long it keeps.
void write_response_head(std::string& out, const Response& response, const HeadContext& context);

} // namespace handprint::http
