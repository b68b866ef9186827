#include "ledger/record/json.hpp"

#include "ledger/record/json_writer.hpp"

#include <algorithm>
#include <array>

namespace handprint::record {

namespace {

constexpr std::array<std::string_view, 9> kFaultNames = {
    "not_json",
    "not_canonical",
    "not_utf8",
    "not_integer",
    "out_of_range",
    "duplicate_key",
    "bad_key",
    "too_deep",
    "too_large"
};

bool is_printable_ascii(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

/// Where `key` is or would go.
template <class Object>
auto place_of(Object& members, std::string_view key) {
    return std::ranges::lower_bound(members, key, {}, [](const JsonMember& m) -> std::string_view {
        return m.key;
    });
}

} // namespace

std::string_view name(JsonFault fault) noexcept {
    return kFaultNames[static_cast<std::size_t>(fault)];
}

std::string describe(const JsonError& error) {
    return std::string(name(error.fault)) + " at byte " + std::to_string(error.offset);
}

Json Json::object(std::initializer_list<JsonMember> members) {
    return object(Object(members));
}

Json Json::object(Object members) {
    const auto by_key = [](const JsonMember& a, const JsonMember& b) { return a.key < b.key; };
    if (!std::ranges::is_sorted(members, by_key)) std::ranges::sort(members, by_key);
    for (std::size_t i = 0; i < members.size(); ++i) {
        HP_CHECK(is_printable_ascii(members[i].key), "a JSON key is printable ASCII");
        HP_CHECK(i == 0 || members[i - 1].key != members[i].key, "JSON keys are unique");
    }
    Json out;
    out.value_.emplace<Object>(std::move(members));
    return out;
}

Json Json::array(std::initializer_list<Json> items) {
    return Json(Array(items));
}

std::string Json::encode() const {
    std::string out;
    JsonWriter(out).json(*this);
    return out;
}

const std::string& Json::text() const {
    const auto* value = as_string();
    HP_CHECK(value != nullptr, "not a JSON string");
    return *value;
}

std::int64_t Json::integer() const {
    const auto* value = as_integer();
    HP_CHECK(value != nullptr, "not a JSON integer");
    return *value;
}

bool Json::boolean() const {
    const auto* value = as_bool();
    HP_CHECK(value != nullptr, "not a JSON boolean");
    return *value;
}

const Json::Object& Json::members() const {
    const auto* value = as_object();
    HP_CHECK(value != nullptr, "not a JSON object");
    return *value;
}

const Json::Array& Json::items() const {
    const auto* value = as_array();
    HP_CHECK(value != nullptr, "not a JSON array");
    return *value;
}

const Json& Json::at(std::string_view key) const {
    const Json* value = find(key);
    HP_CHECK(value != nullptr, "a JSON object without this key");
    return *value;
}

const Json* Json::find(std::string_view key) const noexcept {
    const Object* members = as_object();
    if (members == nullptr) return nullptr;
    const auto at = place_of(*members, key);
    return at != members->end() && at->key == key ? &at->value : nullptr;
}

Json* Json::find(std::string_view key) noexcept {
    auto* members = std::get_if<Object>(&value_);
    if (members == nullptr) return nullptr;
    const auto at = place_of(*members, key);
    return at != members->end() && at->key == key ? &at->value : nullptr;
}

std::string Json::text_of(std::string_view key) const {
    const Json* value = find(key);
    const std::string* text = value != nullptr ? value->as_string() : nullptr;
    return text != nullptr ? *text : std::string{};
}

std::int64_t Json::integer_of(std::string_view key, std::int64_t otherwise) const {
    const Json* value = find(key);
    const std::int64_t* integer = value != nullptr ? value->as_integer() : nullptr;
    return integer != nullptr ? *integer : otherwise;
}

Json& Json::set(std::string key, Json value) {
    if (is_null()) value_.emplace<Object>();
    auto* members = std::get_if<Object>(&value_);
    HP_CHECK(members != nullptr, "only an object has keys");
    HP_CHECK(is_printable_ascii(key), "a JSON key is printable ASCII");
    const auto at = place_of(*members, key);
    if (at != members->end() && at->key == key) {
        at->value = std::move(value);
    } else {
        members->insert(at, JsonMember{std::move(key), std::move(value)});
    }
    return *this;
}

Json& Json::push(Json value) {
    if (is_null()) value_.emplace<Array>();
    auto* items = std::get_if<Array>(&value_);
    HP_CHECK(items != nullptr, "only an array grows");
    items->push_back(std::move(value));
    return *this;
}

bool Json::operator==(const Json& other) const noexcept {
    return value_ == other.value_;
}

} // namespace handprint::record
