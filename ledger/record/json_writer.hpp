#pragma once

#include "ledger/record/json.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace handprint::record {

/// Appends canonical JSON (section 1 of the format) to a string without a Json in between: what an
/// entry is made of is written for each of thousands a second. Keys are given in byte order;
/// another order, or a text that is not UTF-8, is a bug and aborts. The string must outlive it.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();

    /// Printable ASCII, that needs no escape, and outlives the object.
    JsonWriter& key(std::string_view name);

    JsonWriter& text(std::string_view value);
    /// |value| <= kJsonMaxInteger.
    JsonWriter& integer(std::int64_t value);
    JsonWriter& natural(std::uint64_t value);
    /// A decimal string.
    JsonWriter& amount(std::int64_t value);
    /// Padded base64.
    JsonWriter& bytes(std::span<const std::uint8_t> value);
    JsonWriter& null();
    JsonWriter& json(const Json& value);
    /// A value that is written out canonically already.
    JsonWriter& raw(std::string_view canonical);

private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void digits(std::int64_t value);

    std::string& out_;
    bool comma_ = false; // before the next key or item
    std::size_t depth_ = 0;
    std::array<std::string_view, kJsonMaxDepth + 1> last_{}; // key, of each object that is open
};

} // namespace handprint::record
