#pragma once

// The little of Markdown that the contract's descriptions use, as HTML.

#include <string>
#include <string_view>

namespace handprint::api {

/// For text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view text);

/// `code` and **bold** of one run of text, for within a line.
[[nodiscard]] std::string inline_html(std::string_view markdown);

/// Paragraphs, lists of "- " lines, tables, `code` and **bold**. Everything else is text.
[[nodiscard]] std::string html_of(std::string_view markdown);

} // namespace handprint::api
