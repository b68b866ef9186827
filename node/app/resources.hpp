#pragma once

// Files that are part of the program.

#include <string_view>

namespace handprint::app::resources {

[[nodiscard]] std::string_view openapi();
[[nodiscard]] std::string_view taxonomy();
[[nodiscard]] std::string_view people();
[[nodiscard]] std::string_view health_claims();
[[nodiscard]] std::string_view contract_clauses();
[[nodiscard]] std::string_view code_bugs();
[[nodiscard]] std::string_view translate_en_sw();
[[nodiscard]] std::string_view chat_answers();

} // namespace handprint::app::resources
