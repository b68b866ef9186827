#include "ledger/record/coop_part.hpp"

#include "ledger/record/fields.hpp"
#include "ledger/record/json_writer.hpp"
#include "ledger/record/postings.hpp"

#include <algorithm>

namespace handprint::record {

namespace {

Result<ChainLink> link_from_json(const Json& json) {
    const Json::Array* pair = json.as_array();
    if (pair == nullptr || pair->size() != 2) return fail("coop part: not [member, counter]");
    const std::int64_t* member = (*pair)[0].as_integer();
    const std::int64_t* counter = (*pair)[1].as_integer();
    if (member == nullptr || counter == nullptr || *member < 0 || *counter < 1) {
        return fail("coop part: not [member, counter]");
    }
    return ChainLink{static_cast<std::uint64_t>(*member), static_cast<std::uint64_t>(*counter)};
}

Result<books::AccountName> account_from_json(const Json& json) {
    const std::string* text = json.as_string();
    if (text == nullptr) return fail("coop part: an account is a string");
    return books::AccountName::parse(*text);
}

Result<Json> event_from_json(const Json& json) {
    const Json* type = json.find("type");
    if (type == nullptr || type->as_string() == nullptr)
        return fail("coop part: event without type");
    return json;
}

/// Every item through `parse`, or the first failure, which the fields keep.
template <class T, class Parse>
std::vector<T> parse_list(Fields& fields, std::string_view key, Parse parse) {
    const Json::Array& items = fields.array(key);
    std::vector<T> out;
    out.reserve(items.size());
    for (const Json& item : items) {
        auto value = parse(item);
        if (!value) {
            fields.refuse(value.error().what);
            return out;
        }
        out.push_back(std::move(*value));
    }
    return out;
}

} // namespace

std::string encode(const CoopPart& part) {
    std::string out;
    out.reserve(512);
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("by").text(part.by.text());
    writer.key("chain").begin_array();
    for (const ChainLink& link : part.chain)
        writer.begin_array().natural(link.member).natural(link.counter).end_array();
    writer.end_array();
    writer.key("command").text(part.command.hex());
    writer.key("events").begin_array();
    for (const Json& event : part.events)
        writer.json(event);
    writer.end_array();
    if (part.mandate) writer.key("grant").natural(part.mandate->grant);
    writer.key("opens").begin_array();
    for (const books::AccountName& account : part.opens)
        writer.text(account.text());
    writer.end_array();
    writer.key("postings").begin_array();
    for (const books::Posting& posting : part.postings)
        write_posting(writer, posting);
    writer.end_array();
    if (part.mandate) writer.key("request").bytes(part.mandate->request);
    writer.end_object();
    return out;
}

Result<CoopPart> parse_coop_part(std::string_view bytes) {
    const auto json = Json::parse(bytes);
    if (!json) return fail("coop part: " + describe(json.error()));
    Fields fields(*json, "coop part");
    CoopPart out;
    const auto by = Party::parse(fields.string("by"));
    const auto command = CommandId::parse(fields.string("command"));
    if (!by) fields.refuse("\"by\" is not a party");
    if (!command) fields.refuse("\"command\" is not 32 hexadecimal digits");
    out.chain = parse_list<ChainLink>(fields, "chain", link_from_json);
    out.events = parse_list<Json>(fields, "events", event_from_json);
    out.opens = parse_list<books::AccountName>(fields, "opens", account_from_json);
    out.postings = parse_list<books::Posting>(fields, "postings", posting_from_json);
    if (fields.has("grant") || fields.has("request")) {
        out.mandate = AgentMandate{fields.natural("grant"), fields.hash("request")};
    }
    if (const auto done = fields.finish(); !done) return unexpected(done.error());
    out.by = *by;
    out.command = *command;
    return out;
}

} // namespace handprint::record
