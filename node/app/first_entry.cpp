#include "node/app/first_entry.hpp"

#include "ledger/record/coop_part.hpp"
#include "ledger/record/fixed_names.hpp"
#include "node/market/json_codec.hpp"

#include <optional>

namespace handprint::app {

namespace {

Result<void> check_genesis(const std::string& coop) {
    const auto part = record::parse_coop_part(coop);
    if (!part) return unexpected(part.error());
    if (part->events.empty()) return fail("an entry without events");
    const auto event = market::event_from_json(part->events.front());
    if (!event) return unexpected(event.error());
    const auto* genesis = std::get_if<market::GenesisDone>(&*event);
    if (genesis == nullptr) return fail("it is no genesis");
    const auto ok = record::check_fixed_names({genesis->formats, genesis->domains});
    if (!ok) return fail(std::string("genesis: ") + ok.error().field + ": " + ok.error().what);
    return {};
}

Result<void> check_entry(const std::optional<store::EntryRecord>& first, const std::string& dir) {
    if (!first) return fail(dir + ": the ledger has no first entry");
    const auto ok = check_genesis(first->coop);
    if (ok) return {};
    return fail(
        dir
        + ": this version of Handprint cannot go on with the ledger that was founded here. Use the "
          "version that founded it, or another directory. Of the first entry: "
        + ok.error().what
    );
}

} // namespace

Result<void> check_first_entry(store::Store& store, const std::string& dir) {
    const auto first = store.entry(0);
    if (!first) return unexpected(first.error());
    return check_entry(*first, dir);
}

store::SqliteOptions own_store(const NodeFiles& files, const store::MacKey& mac_key) {
    return {
        .path = files.database(),
        .mac_key = mac_key,
        .may_upgrade = [dir = files.dir()](const std::optional<store::EntryRecord>& first
                       ) { return check_entry(first, dir); },
    };
}

} // namespace handprint::app
