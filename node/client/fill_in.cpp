#include "node/client/fill_in.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/time.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/record/fields.hpp"
#include "node/market/reference.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace handprint::client {

using market::FieldShape;
using market::FieldType;
using market::Int;
using record::Json;

namespace {

bool is_time(const std::string& name) {
    return name == "time" || name == "from" || name == "expires";
}

const char* placeholder(const FieldShape& field) {
    switch (field.type) {
    case FieldType::number:
        return is_time(field.name) ? "TIME" : "NUMBER";
    case FieldType::text:
    case FieldType::hash:
        return field.name == "key" ? "PUBLIC_KEY" : "TEXT";
    case FieldType::amount:
        return "MINOR_UNITS";
    case FieldType::numbers:
        return "NUMBER,NUMBER...";
    case FieldType::texts:
        return "TEXT,TEXT...";
    default:
        return "JSON";
    }
}

Result<Json> number(const FieldShape& field, const std::string& text, Int now) {
    if (is_time(field.name)) {
        if (text == "now") return Json(now);
        if (const auto at = parse_rfc3339(text)) return Json(at->ms);
    }
    const auto value = parse_i64(text);
    if (value && *value <= record::kJsonMaxInteger && *value >= -record::kJsonMaxInteger)
        return Json(*value);
    return fail(
        is_time(field.name)
            ? "must be a time: now, one such as 2026-03-31T09:00:00Z, or milliseconds since 1970"
            : "must be a whole number below 2^53"
    );
}

std::vector<std::string> parts_of(std::string_view text) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t comma = std::min(text.find(','), text.size());
        parts.emplace_back(text.substr(0, comma));
        if (comma == text.size()) return parts;
        text.remove_prefix(comma + 1);
    }
}

/// The value as the JSON of its field, of a reference only its place; Failure says what it must be.
Result<Json>
value_of(const FieldShape& field, const std::string& text, Int now, std::string& reference) {
    if (!is_utf8(text)) return fail("must be UTF-8");
    switch (field.type) {
    case FieldType::number:
        return number(field, text, now);
    case FieldType::text:
        return Json(text);
    case FieldType::hash: {
        auto plain = market::plain_reference(text);
        if (!plain) return unexpected(plain.error());
        reference = std::move(*plain);
        return record::to_json(Hash{});
    }
    case FieldType::amount: {
        const auto minor = parse_i64(text);
        if (!minor || *minor < 1) {
            return fail("must be a whole number of minor units above 0, such as 150000 for 1500.00"
            );
        }
        return record::amount_to_json(*minor);
    }
    case FieldType::numbers:
    case FieldType::texts: {
        Json::Array list;
        for (const auto& part : parts_of(text)) {
            auto value = field.type == FieldType::numbers ? number(field, part, now) : Json(part);
            if (!value) return fail("must be whole numbers with commas between them");
            list.push_back(std::move(*value));
        }
        return Json(std::move(list));
    }
    default: {
        auto json = Json::parse(text, record::JsonMode::lenient);
        if (!json) return fail("must be JSON: " + record::describe(json.error()));
        return std::move(*json);
    }
    }
}

} // namespace

Result<Given> read_words(const std::vector<std::string>& words) {
    Given given;
    std::set<std::string> names;
    for (const auto& word : words) {
        const std::size_t equals = word.find('=');
        if (equals == std::string::npos || equals == 0) return fail("expected name=value: " + word);
        given.emplace_back(word.substr(0, equals), word.substr(equals + 1));
        if (!names.insert(given.back().first).second)
            return fail(given.back().first + " is given twice");
    }
    return given;
}

Result<FilledIn> fill_in(const std::string& kind, const Given& given, Int now) {
    const auto fields = market::fields_of(kind);
    if (!fields) return fail("there is no such kind of command");
    FilledIn filled;
    Json args = Json::object({});
    for (const auto& [name, text] : given) {
        const auto field = std::ranges::find(*fields, name, &FieldShape::name);
        if (field == fields->end())
            return fail("there is no field " + name + "; it takes " + usage_of(kind, {}));
        auto value = value_of(*field, text, now, filled.reference);
        if (!value) return fail(name + ' ' + value.error().what);
        args.set(name, std::move(*value));
    }
    auto command = market::command_from_json(kind, args);
    if (!command) {
        return fail(
            command.error().field + ' ' + command.error().what + "; it takes " + usage_of(kind, {})
        );
    }
    filled.command = std::move(*command);
    return filled;
}

std::string usage_of(const std::string& kind, const std::vector<std::string>& filled) {
    std::string text;
    for (const auto& field : market::fields_of(kind).value_or(std::vector<FieldShape>{})) {
        const bool optional =
            field.optional || std::ranges::find(filled, field.name) != filled.end();
        if (!text.empty()) text += ' ';
        text +=
            (optional ? "[" : "") + field.name + '=' + placeholder(field) + (optional ? "]" : "");
    }
    return text.empty() ? "no fields" : text;
}

} // namespace handprint::client
