#pragma once

// Limits of JSON from outside, looked at before a parser that has none of its own.

#include <cstddef>
#include <string>
#include <string_view>

namespace handprint::api {

inline constexpr int kMostJsonDepth = 16;

struct JsonShape {
    int depth = 0;        // the deepest
    std::size_t keys = 0; // of all objects
};

/// Of what may be JSON.
[[nodiscard]] JsonShape shape_of(std::string_view text);

/// What members and requesters handed in, as JSON of one line for an export: itself if it is JSON
/// of at most kMostJsonDepth; other text as a string; other bytes as {"base64": ...}.
[[nodiscard]] std::string json_line(std::string_view bytes);

} // namespace handprint::api
