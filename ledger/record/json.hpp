#pragma once

#include "ledger/base/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace handprint::record {

/// The largest integer a canonical number may hold, and minus it the smallest: 2^53 - 1, so that
/// every reader with IEEE doubles reads the same number.
inline constexpr std::int64_t kJsonMaxInteger = 9'007'199'254'740'991;
/// An array or object inside nothing has depth 1.
inline constexpr std::size_t kJsonMaxDepth = 16;
inline constexpr std::size_t kJsonDefaultMaxBytes = 16U << 20U;

enum class JsonFault : std::uint8_t {
    not_json,      // not RFC 8259
    not_canonical, // JSON, but not the one way to write this value (section 1 of the format)
    not_utf8,      // also a \u escape that is half of a surrogate pair
    not_integer,   // a fraction or an exponent
    out_of_range,  // an integer beyond kJsonMaxInteger
    duplicate_key,
    bad_key, // a key with a character that is not printable ASCII
    too_deep,
    too_large,
};

/// The name of the enumerator.
[[nodiscard]] std::string_view name(JsonFault fault) noexcept;

struct JsonError {
    JsonFault fault;
    std::size_t offset; // of the byte at which the fault was noticed

    bool operator==(const JsonError&) const = default;
};

/// For a log: "not_canonical at byte 17".
[[nodiscard]] std::string describe(const JsonError& error);

enum class JsonMode : std::uint8_t {
    canonical, // exactly the bytes that encode() would write
    lenient    // any white space, key order and escapes; numbers and keys as in canonical
};

class Json;

/// A key with its value. A template, because the value is a Json, which holds these in turn: its
/// layout is then asked for only where Json is complete.
template <class Value>
struct BasicJsonMember {
    std::string key;
    Value value;

    bool operator==(const BasicJsonMember&) const = default;
};

using JsonMember = BasicJsonMember<Json>;

/// A JSON value as the ledger knows it: integers instead of numbers, objects with unique keys in
/// byte order. Invariant: encode() always succeeds and parse(encode(v)) == v. Breaking a
/// precondition of a constructor is a bug and aborts; bytes from outside come in through parse().
class Json {
public:
    using Array = std::vector<Json>;
    using Object = std::vector<JsonMember>; // sorted by key, keys unique

    Json() noexcept = default; // null

    // NOLINTBEGIN(google-explicit-constructor): a document is written as the braces that it is
    Json(std::nullptr_t) noexcept {}

    template <std::same_as<bool> B>
    Json(B value) noexcept : value_(value) {}

    /// |value| <= kJsonMaxInteger.
    template <std::integral I>
        requires(!std::same_as<I, bool> && !std::same_as<I, char>)
    Json(I value) : value_(checked(value)) {}

    /// UTF-8 is the caller's duty; encode() aborts on anything else.
    Json(std::string text) noexcept : value_(std::move(text)) {}

    Json(std::string_view text) : value_(std::string(text)) {}

    Json(const char* text) : value_(std::string(text)) {}

    Json(Array items) noexcept : value_(std::move(items)) {}

    // NOLINTEND(google-explicit-constructor)

    /// In any order; keys printable ASCII and unique.
    [[nodiscard]] static Json object(std::initializer_list<JsonMember> members);
    [[nodiscard]] static Json object(Object members);
    [[nodiscard]] static Json array(std::initializer_list<Json> items);

    /// Strict in either mode; at most max_bytes long, at most kJsonMaxDepth deep.
    [[nodiscard]] static Result<Json, JsonError> parse(
        std::string_view text,
        JsonMode mode = JsonMode::canonical,
        std::size_t max_bytes = kJsonDefaultMaxBytes
    );

    /// The canonical bytes.
    [[nodiscard]] std::string encode() const;

    [[nodiscard]] bool is_null() const noexcept { return value_.index() == 0; }

    /// nullptr when the value is of another type.
    [[nodiscard]] const bool* as_bool() const noexcept { return std::get_if<bool>(&value_); }

    [[nodiscard]] const std::int64_t* as_integer() const noexcept {
        return std::get_if<std::int64_t>(&value_);
    }

    [[nodiscard]] const std::string* as_string() const noexcept {
        return std::get_if<std::string>(&value_);
    }

    [[nodiscard]] const Array* as_array() const noexcept { return std::get_if<Array>(&value_); }

    [[nodiscard]] const Object* as_object() const noexcept { return std::get_if<Object>(&value_); }

    /// The value, by who knows its type already: another type is a bug and aborts.
    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] std::int64_t integer() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] const Array& items() const;
    [[nodiscard]] const Object& members() const;
    [[nodiscard]] const Json& at(std::string_view key) const;

    /// The value under `key` of an object; nullptr if there is none or this is no object.
    [[nodiscard]] const Json* find(std::string_view key) const noexcept;
    [[nodiscard]] Json* find(std::string_view key) noexcept;

    /// What an object has under `key`, else nothing or `otherwise`, also when it is of another
    /// type.
    [[nodiscard]] std::string text_of(std::string_view key) const;
    [[nodiscard]] std::int64_t integer_of(std::string_view key, std::int64_t otherwise) const;

    /// Sets a key of an object (null becomes an empty object first), replacing what was there.
    Json& set(std::string key, Json value);
    /// Appends to an array (null becomes an empty array first).
    Json& push(Json value);

    bool operator==(const Json& other) const noexcept;

private:
    friend class JsonParser;

    template <class I>
    static std::int64_t checked(I value) {
        HP_CHECK(
            std::cmp_less_equal(value, kJsonMaxInteger)
                && std::cmp_greater_equal(value, -kJsonMaxInteger),
            "a JSON integer is within 2^53 - 1"
        );
        return static_cast<std::int64_t>(value);
    }

    std::variant<std::monostate, bool, std::int64_t, std::string, Array, Object> value_;
};

} // namespace handprint::record
