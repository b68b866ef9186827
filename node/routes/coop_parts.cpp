#include "node/routes/coop_parts.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/fields.hpp"

#include <algorithm>
#include <utility>

namespace handprint::routes {

namespace {

/// Entries of one read, so that a page of large ones does not first bring many times its bytes.
constexpr std::size_t lot = 16;

Json part_json(const store::EntryRecord& entry) {
    return Json::object({
        {"coop", Json(base64_encode(as_bytes(entry.coop)))},
        {"index", Json(entry.index)},
        {"salt", record::to_json(entry.coop_salt)},
    });
}

} // namespace

Result<Json>
coop_parts_json(store::Store& store, Int size, const Page& page, std::size_t most_bytes) {
    Json::Array list;
    std::size_t bytes = 0;
    Int next = page.from;
    bool full = false;
    while (!full && next < size && list.size() < page.limit) {
        const auto left = static_cast<std::size_t>(size - next);
        const auto found = store.entries(next, std::min({lot, page.limit - list.size(), left}));
        if (!found) return unexpected(found.error());
        if (found->empty()) break;
        for (const auto& entry : *found) {
            full = !list.empty() && bytes + entry.coop.size() > most_bytes;
            if (full) break;
            bytes += entry.coop.size();
            list.push_back(part_json(entry));
            next = entry.index + 1;
        }
    }
    Json json = Json::object({{"size", Json(size)}});
    if (!list.empty() && next < size) json.set("next", Json(next));
    json.set("entries", Json(std::move(list)));
    return json;
}

} // namespace handprint::routes
