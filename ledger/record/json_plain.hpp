#pragma once

#include <string_view>

namespace handprint::record {

/// What of a text, from its front, stands for itself in a JSON string: printable ASCII without the
/// quote and the backslash.
[[nodiscard]] std::string_view plain_prefix(std::string_view text);

} // namespace handprint::record
