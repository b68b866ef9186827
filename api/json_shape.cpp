#include "api/json_shape.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace handprint::api {

JsonShape shape_of(std::string_view text) {
    JsonShape shape;
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            shape.depth = std::max(shape.depth, ++depth);
        } else if (c == '}' || c == ']') {
            --depth;
        } else if (c == ':') {
            ++shape.keys;
        }
    }
    return shape;
}

std::string json_line(std::string_view bytes) {
    using nlohmann::ordered_json;
    if (!is_utf8(bytes)) return R"({"base64":")" + base64_encode(as_bytes(bytes)) + R"("})";
    if (shape_of(bytes).depth <= kMostJsonDepth) {
        const auto json = ordered_json::parse(bytes, nullptr, false);
        if (!json.is_discarded()) return json.dump();
    }
    return ordered_json(bytes).dump();
}

} // namespace handprint::api
