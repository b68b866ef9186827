#pragma once

// The interface as a page for people, made from its description. No script; its style is at
// /docs.css.

#include "ledger/base/result.hpp"

#include <string>
#include <string_view>

namespace handprint::api {

/// HTML of an OpenAPI 3.1 document in JSON. Failure if it is not one.
[[nodiscard]] Result<std::string> docs_page(std::string_view openapi);
[[nodiscard]] std::string_view docs_style();

} // namespace handprint::api
