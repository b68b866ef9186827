#pragma once

// The interface as a page for people, made from its description. No script, no style of its own.

#include "ledger/base/result.hpp"

#include <string>
#include <string_view>

namespace handprint::api {

/// HTML of an OpenAPI 3.1 document in JSON. Failure if it is not one.
[[nodiscard]] Result<std::string> docs_page(std::string_view openapi);

} // namespace handprint::api
