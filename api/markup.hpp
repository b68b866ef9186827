#pragma once

// The little of Markdown that the contract's descriptions use, as HTML.

#include <string>
#include <string_view>

namespace handprint::api {

/// For text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view text);

/// Paragraphs, lists of "- " lines, tables, `code` and **bold**. Everything else is text.
[[nodiscard]] std::string html_of(std::string_view markdown);

} // namespace handprint::api
