#include "ledger/record/coop_part.hpp"

#include "ledger/record/fields.hpp"
#include "ledger/record/json_scan.hpp"
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
    return encode(part, Json(part.events).encode());
}

std::string encode(const CoopPart& part, std::string_view events) {
    std::string out;
    out.reserve(events.size() + 256);
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("by").text(part.by.text());
    writer.key("chain").begin_array();
    for (const ChainLink& link : part.chain)
        writer.begin_array().natural(link.member).natural(link.counter).end_array();
    writer.end_array();
    writer.key("command").text(part.command.hex());
    writer.key("events").raw(events);
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

std::optional<CoopText> scan_coop_part(std::string_view bytes) {
    if (bytes.size() > kJsonDefaultMaxBytes) return std::nullopt;
    JsonScan scan(bytes);
    std::optional<CoopText> out(std::in_place);
    CoopPart& part = out->part;
    std::string_view by;
    std::string_view command;
    const auto link = [&] {
        auto& made = part.chain.emplace_back();
        return scan.eat("[") && scan.natural(made.member) && scan.eat(",")
               && scan.natural(made.counter) && scan.eat("]") && made.counter > 0;
    };
    const auto event = [&] {
        return scan.skip(out->events.emplace_back()) && out->events.back().starts_with('{');
    };
    const auto open = [&] {
        std::string_view text;
        if (!scan.string(text)) return false;
        auto account = books::AccountName::parse(text);
        if (account) part.opens.push_back(std::move(*account));
        return account.has_value();
    };
    const auto posting = [&] {
        books::Posting made{{}, kUnreadCurrency, 0};
        if (!scan_posting(scan, made)) return false;
        part.postings.push_back(std::move(made));
        return true;
    };
    if (!scan.eat(R"({"by":)") || !scan.string(by) || !scan.eat(R"(,"chain":)") || !scan.array(link)
        || !scan.eat(R"(,"command":)") || !scan.string(command) || !scan.eat(R"(,"events":)")
        || !scan.array(event)) {
        return std::nullopt;
    }
    if (scan.eat_if(R"(,"grant":)") && !scan.natural(part.mandate.emplace().grant))
        return std::nullopt;
    if (!scan.eat(R"(,"opens":)") || !scan.array(open) || !scan.eat(R"(,"postings":)")
        || !scan.array(posting)) {
        return std::nullopt;
    }
    if (part.mandate && (!scan.eat(R"(,"request":)") || !scan.hash(part.mandate->request)))
        return std::nullopt;
    const auto party = Party::parse(by);
    const auto id = CommandId::parse(command);
    if (!scan.eat("}") || !scan.done() || !party || !id) return std::nullopt;
    part.by = *party;
    part.command = *id;
    return out;
}

} // namespace handprint::record
