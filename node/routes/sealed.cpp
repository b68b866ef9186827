#include "node/routes/sealed.hpp"

namespace handprint::routes {

std::optional<std::string> sealed_text(
    store::Store& store, const pipeline::Vault& vault, std::string_view kind, std::string_view id
) {
    const auto bytes = vault.read(store, kind, id);
    if (!bytes || !*bytes) return std::nullopt;
    return std::string(as_text(**bytes));
}

std::optional<record::Json> sealed_json(
    store::Store& store, const pipeline::Vault& vault, std::string_view kind, std::string_view id
) {
    const auto text = sealed_text(store, vault, kind, id);
    if (!text) return std::nullopt;
    auto json = record::Json::parse(*text);
    if (!json) return std::nullopt;
    return std::move(*json);
}

} // namespace handprint::routes
