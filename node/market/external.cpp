#include "node/market/external.hpp"

#include "ledger/base/base64.hpp"

#include <utility>

namespace handprint::market {

std::string external_name(std::string_view requester, std::string_view kind, const Hash& hash) {
    std::string name(requester);
    name += '/';
    name += kind;
    name += '/';
    return name += base64_encode(hash);
}

Refusal external_in_use(const ExternalRow& taken, std::string_view kind, std::string field) {
    Refusal refusal{Family::conflict, "external_in_use", {}, std::move(field)};
    refusal.detail = "You have a " + std::string(kind) + " of that name.";
    if (taken.task == never) {
        refusal.existing = {{std::string(kind), taken.ordinal}};
    } else {
        refusal.existing = {{"batch", taken.ordinal}, {"task", taken.task}};
    }
    return refusal;
}

} // namespace handprint::market
