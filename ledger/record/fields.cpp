#include "ledger/record/fields.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"

namespace handprint::record {

namespace {

const Json kNull;
const std::string kNoText;
const Json::Array kNoItems;

} // namespace

Fields::Fields(const Json& json, std::string_view where) : json_(json), where_(where) {
    if (const Json::Object* members = json.as_object()) {
        left_ = members->size();
    } else {
        refuse("not an object");
    }
}

bool Fields::has(std::string_view key) const {
    return json_.find(key) != nullptr;
}

const Json* Fields::take(std::string_view key) {
    if (failed_) return nullptr;
    const Json* value = json_.find(key);
    if (value == nullptr) {
        refuse("no \"" + std::string(key) + "\"");
    } else {
        --left_;
    }
    return value;
}

const Json& Fields::any(std::string_view key) {
    const Json* value = take(key);
    return value == nullptr ? kNull : *value;
}

std::int64_t Fields::integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const Json* value = take(key);
    if (value == nullptr) return least;
    const std::int64_t* integer = value->as_integer();
    if (integer != nullptr && *integer >= least && *integer <= most) return *integer;
    refuse("\"" + std::string(key) + "\" is not an integer in its range");
    return least;
}

std::uint64_t Fields::natural(std::string_view key) {
    return static_cast<std::uint64_t>(integer(key, 0));
}

const std::string& Fields::string(std::string_view key) {
    const Json* value = take(key);
    if (value == nullptr) return kNoText;
    if (const std::string* text = value->as_string()) return *text;
    refuse("\"" + std::string(key) + "\" is not a string");
    return kNoText;
}

const Json::Array& Fields::array(std::string_view key) {
    const Json* value = take(key);
    if (value == nullptr) return kNoItems;
    if (const Json::Array* items = value->as_array()) return *items;
    refuse("\"" + std::string(key) + "\" is not an array");
    return kNoItems;
}

Hash Fields::hash(std::string_view key) {
    const Json* value = take(key);
    if (value == nullptr) return {};
    const auto hash = hash_from_json(*value);
    if (hash) return *hash;
    refuse("\"" + std::string(key) + "\" is not the base64 of 32 bytes");
    return {};
}

std::int64_t Fields::amount(std::string_view key) {
    const std::string& text = string(key);
    if (failed_) return 0;
    const auto amount = parse_i64(text);
    if (amount) return *amount;
    refuse("\"" + std::string(key) + "\" is not an amount");
    return 0;
}

void Fields::refuse(std::string what) {
    if (failed_) return;
    failed_ = true;
    what_ = std::move(what);
}

Result<void> Fields::finish() {
    if (left_ != 0) refuse("an unknown key");
    if (failed_) return fail(std::string(where_) + ": " + what_);
    return {};
}

Result<Hash> hash_from_json(const Json& json) {
    const std::string* text = json.as_string();
    if (text == nullptr) return fail("not a text");
    return base64_to_array<32>(*text);
}

Json to_json(const Hash& hash) {
    return Json(base64_encode(hash));
}

Json amount_to_json(std::int64_t amount) {
    return Json(std::to_string(amount));
}

} // namespace handprint::record
