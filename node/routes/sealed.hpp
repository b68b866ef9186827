#pragma once

// What the vault keeps, read as text or as JSON: nothing when it is not there, or does not open.

#include "ledger/record/json.hpp"
#include "node/pipeline/vault.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace handprint::routes {

[[nodiscard]] std::optional<std::string> sealed_text(
    store::Store& store, const pipeline::Vault& vault, std::string_view kind, std::string_view id
);
[[nodiscard]] std::optional<record::Json> sealed_json(
    store::Store& store, const pipeline::Vault& vault, std::string_view kind, std::string_view id
);

} // namespace handprint::routes
