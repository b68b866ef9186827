#include "ledger/record/close.hpp"

#include "ledger/record/entry.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_writer.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/postings.hpp"

#include <tuple>

namespace handprint::record {

namespace {

bool is_before(const books::ClassSum& a, const books::ClassSum& b) {
    return std::tie(a.account_class, a.currency) < std::tie(b.account_class, b.currency);
}

Result<std::vector<books::ClassSum>> balances_from_json(const Json::Array& items) {
    std::vector<books::ClassSum> out;
    out.reserve(items.size());
    for (const Json& item : items) {
        const auto balance = sum_from_json(item);
        if (!balance) return unexpected(balance.error());
        if (!out.empty() && !is_before(out.back(), *balance)) {
            return fail("position: balances are not sorted");
        }
        out.push_back(*balance);
    }
    return out;
}

} // namespace

std::string encode(const Position& position) {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("balances").begin_array();
    for (const books::ClassSum& balance : position.balances)
        write_sum(writer, balance);
    writer.end_array();
    writer.key("counter").natural(position.chain.counter);
    writer.key("head").bytes(position.chain.hash);
    writer.key("keys").json(keys_to_json(position.keys));
    writer.key("member").natural(position.member);
    writer.key("period").natural(position.period);
    writer.end_object();
    return out;
}

Result<Position> parse_position(std::string_view bytes) {
    const auto json = Json::parse(bytes, JsonMode::canonical, kMaxEntryBytes);
    if (!json) return fail("position: " + describe(json.error()));
    Fields fields(*json, "position");
    Position out;
    auto balances = balances_from_json(fields.array("balances"));
    if (!balances) return unexpected(balances.error());
    out.balances = std::move(*balances);
    out.chain.counter = fields.natural("counter");
    out.chain.hash = fields.hash("head");
    auto keys = keys_from_json(fields.any("keys"));
    if (!keys) return unexpected(keys.error());
    out.keys = std::move(*keys);
    out.member = fields.natural("member");
    out.period = static_cast<std::uint64_t>(fields.integer("period", 1));
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

Json to_json(const PeriodClosed& event) {
    Json out;
    out.set("count", event.count);
    Json::Array delegates;
    for (const PublicKey& key : event.delegates)
        delegates.push_back(to_json(key));
    out.set("delegates", Json(std::move(delegates)));
    out.set("period", event.period);
    out.set("previous", event.previous);
    out.set("promise_key", to_json(event.promise_key));
    out.set("root", to_json(event.root));
    out.set("type", "period_closed");
    return out;
}

Result<PeriodClosed> period_closed_from_json(const Json& json) {
    Fields fields(json, "period_closed");
    if (fields.string("type") != "period_closed") fields.refuse("another type of event");
    PeriodClosed out;
    out.period = static_cast<std::uint64_t>(fields.integer("period", 1));
    out.previous = fields.integer("previous", -1);
    out.count = fields.natural("count");
    out.root = fields.hash("root");
    for (const Json& item : fields.array("delegates")) {
        const auto key = hash_from_json(item);
        if (!key) return unexpected(key.error());
        out.delegates.push_back(*key);
    }
    out.promise_key = fields.hash("promise_key");
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    return out;
}

} // namespace handprint::record
