#pragma once

// Parameters and schemas of an OpenAPI document as HTML tables.

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace handprint::api {

/// The string under a name; empty if there is none.
[[nodiscard]] std::string words(const nlohmann::ordered_json& json, const char* name);

/// Follows a "$ref" within the document; anything else is what it is.
[[nodiscard]] const nlohmann::ordered_json&
resolved(const nlohmann::ordered_json& document, const nlohmann::ordered_json& json);

[[nodiscard]] std::string table_of_parameters(
    const nlohmann::ordered_json& document, const nlohmann::ordered_json& parameters
);

/// The fields of an object with those within it, as `items[].task`; a line for each form of one
/// that has several. Empty for what has no fields.
[[nodiscard]] std::string
table_of_fields(const nlohmann::ordered_json& document, const nlohmann::ordered_json& schema);

} // namespace handprint::api
