#pragma once

#include <string_view>

namespace handprint {

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Whether valid UTF-8 contains a code point with the Unicode property White_Space.
[[nodiscard]] bool has_unicode_space(std::string_view utf8) noexcept;

} // namespace handprint
