#include "ledger/record/json_writer.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/check.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/record/json_plain.hpp"

#include <charconv>
#include <utility>

namespace handprint::record {

namespace {

void write_escape(char c, std::string& out) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out.push_back('\\');
    switch (c) {
    case '\b':
        out.push_back('b');
        return;
    case '\t':
        out.push_back('t');
        return;
    case '\n':
        out.push_back('n');
        return;
    case '\f':
        out.push_back('f');
        return;
    case '\r':
        out.push_back('r');
        return;
    case '"':
    case '\\':
        out.push_back(c);
        return;
    default:
        out.append("u00");
        out.push_back(kDigits[static_cast<std::uint8_t>(c) >> 4U]);
        out.push_back(kDigits[static_cast<std::uint8_t>(c) & 0x0fU]);
    }
}

} // namespace

void JsonWriter::separate() {
    if (comma_) out_.push_back(',');
    comma_ = true;
}

void JsonWriter::open(char bracket) {
    separate();
    out_.push_back(bracket);
    comma_ = false;
    HP_CHECK(++depth_ < last_.size(), "JSON is at most 16 deep");
    last_[depth_] = {};
}

void JsonWriter::close(char bracket) {
    HP_CHECK(depth_ > 0, "nothing is open");
    --depth_;
    out_.push_back(bracket);
    comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
    open('{');
    return *this;
}

JsonWriter& JsonWriter::end_object() {
    close('}');
    return *this;
}

JsonWriter& JsonWriter::begin_array() {
    open('[');
    return *this;
}

JsonWriter& JsonWriter::end_array() {
    close(']');
    return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
    std::string_view& last = last_[depth_];
    HP_CHECK(last < name, "JSON keys are in byte order");
    last = name;
    separate();
    out_.push_back('"');
    out_.append(name).append("\":");
    comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    out_.push_back('"');
    bool ascii = true;
    std::size_t done = 0;
    for (std::size_t i = plain_prefix(value).size(); i < value.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(value[i]);
        ascii = ascii && byte < 0x80;
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        out_.append(value.substr(done, i - done));
        write_escape(value[i], out_);
        done = i + 1;
    }
    HP_CHECK(ascii || is_utf8(value), "a JSON string is UTF-8");
    out_.append(value.substr(done));
    out_.push_back('"');
    return *this;
}

void JsonWriter::digits(std::int64_t value) {
    std::array<char, 24> buffer{};
    const auto [end, ec] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    HP_CHECK(ec == std::errc(), "24 characters hold any 64-bit integer");
    out_.append(buffer.data(), end);
}

JsonWriter& JsonWriter::integer(std::int64_t value) {
    HP_CHECK(
        value <= kJsonMaxInteger && value >= -kJsonMaxInteger, "a JSON integer is within 2^53 - 1"
    );
    separate();
    digits(value);
    return *this;
}

JsonWriter& JsonWriter::natural(std::uint64_t value) {
    HP_CHECK(std::cmp_less_equal(value, kJsonMaxInteger), "a JSON integer is within 2^53 - 1");
    return integer(static_cast<std::int64_t>(value));
}

JsonWriter& JsonWriter::amount(std::int64_t value) {
    separate();
    out_.push_back('"');
    digits(value);
    out_.push_back('"');
    return *this;
}

JsonWriter& JsonWriter::bytes(std::span<const std::uint8_t> value) {
    separate();
    out_.push_back('"');
    base64_append(out_, value);
    out_.push_back('"');
    return *this;
}

JsonWriter& JsonWriter::null() {
    return raw("null");
}

JsonWriter& JsonWriter::raw(std::string_view canonical) {
    separate();
    out_.append(canonical);
    return *this;
}

JsonWriter& JsonWriter::json(const Json& value) {
    if (const auto* words = value.as_string()) return text(*words);
    if (const auto* number = value.as_integer()) return integer(*number);
    if (const auto* flag = value.as_bool()) return raw(*flag ? "true" : "false");
    const auto* members = value.as_object();
    const auto* items = value.as_array();
    if (members == nullptr && items == nullptr) return null();
    // Its keys are in order, may hold a quote, and it may be deeper than a ledger's JSON.
    separate();
    out_.push_back(members != nullptr ? '{' : '[');
    comma_ = false;
    if (members != nullptr) {
        for (const JsonMember& member : *members) {
            text(member.key);
            out_.push_back(':');
            comma_ = false;
            json(member.value);
        }
    } else {
        for (const Json& item : *items)
            json(item);
    }
    out_.push_back(members != nullptr ? '}' : ']');
    comma_ = true;
    return *this;
}

} // namespace handprint::record
