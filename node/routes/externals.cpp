#include "node/routes/externals.hpp"

#include "node/market/external.hpp"

#include <algorithm>
#include <vector>

namespace handprint::routes {

Result<Hash, http::Response> external_hash(
    const Node& node, std::string_view requester, std::string_view kind, std::string_view text
) {
    if (!api::is_external(text)) {
        return unexpected(respond(market::Refusal{
            market::Family::invalid,
            "bad_external",
            "1 to 128 printable bytes of UTF-8.",
            "external"
        }));
    }
    return node.vault.external_hash(requester, kind, text);
}

std::optional<market::ExternalRow>
named_by(Node& node, std::string_view requester, std::string_view kind, const Hash& hash) {
    return row<market::ExternalRow>(node, market::external_name(requester, kind, hash));
}

std::optional<api::ApiProblem>
name_taken(Node& node, std::string_view requester, std::span<const RowName> names) {
    constexpr std::size_t at_once = 1000;
    for (std::size_t from = 0; from < names.size(); from += at_once) {
        std::vector<market::Key> keys;
        for (std::size_t i = from; i < std::min(from + at_once, names.size()); ++i) {
            keys.push_back(market::key_of<market::ExternalRow>(
                market::external_name(requester, "task", names[i].hash)
            ));
        }
        const auto rows = node.store.load(keys);
        if (!rows) {
            return api::ApiProblem{503, "busy", "The names could not be looked up.", {}, "same_id"};
        }
        const auto found = std::find_if(rows->begin(), rows->end(), [](const auto& row) {
            return row.has_value();
        });
        if (found == rows->end()) continue;
        const auto at = from + static_cast<std::size_t>(found - rows->begin());
        return api::from_refusal(market::external_in_use(
            std::get<market::ExternalRow>(**found), "task", api::row_field(names[at].line)
        ));
    }
    return std::nullopt;
}

} // namespace handprint::routes
