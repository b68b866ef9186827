#include "ledger/base/utf8.hpp"
#include "ledger/record/json.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace handprint::record {

namespace {

/// Whether a byte inside a string stands for itself and needs no further look.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> table{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte)
        table[byte] = byte != '"' && byte != '\\';
    return table;
}();

/// Room that holds most arrays and objects of an entry without growing.
constexpr std::size_t kFewItems = 4;
constexpr std::size_t kFewMembers = 6;

} // namespace

/// Recursive descent, bounded by kJsonMaxDepth. Every value is read into the place where it stays.
class JsonParser {
public:
    JsonParser(std::string_view text, JsonMode mode)
        : text_(text), canonical_(mode == JsonMode::canonical) {}

    Result<Json, JsonError> run() {
        Json root;
        if (skip_space() && value(root, 0) && skip_space() && at_ == text_.size()) return root;
        if (!error_) (void)stop(JsonFault::not_json);
        return unexpected(*error_);
    }

private:
    bool stop(JsonFault fault) { return stop(fault, at_); }

    bool stop(JsonFault fault, std::size_t offset) {
        if (!error_) error_ = JsonError{fault, offset};
        return false;
    }

    [[nodiscard]] bool more() const { return at_ < text_.size(); }

    [[nodiscard]] char peek() const { return more() ? text_[at_] : '\0'; }

    bool skip_space() {
        while (more() && (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r')) {
            if (canonical_) return stop(JsonFault::not_canonical);
            ++at_;
        }
        return true;
    }

    bool value(Json& out, std::size_t depth) {
        switch (peek()) {
        case '{':
            return object(out, depth + 1);
        case '[':
            return array(out, depth + 1);
        case '"':
            return string(out.value_.emplace<std::string>());
        case 't':
            out = Json(true);
            return word("true");
        case 'f':
            out = Json(false);
            return word("false");
        case 'n':
            out = Json();
            return word("null");
        default:
            return number(out);
        }
    }

    bool word(std::string_view expected) {
        if (text_.substr(at_, expected.size()) != expected) return stop(JsonFault::not_json);
        at_ += expected.size();
        return true;
    }

    bool number(Json& out) {
        const std::size_t begin = at_;
        const bool negative = peek() == '-';
        if (negative) ++at_;
        const std::size_t first = at_;
        std::int64_t magnitude = 0;
        bool fits = true;
        while (more() && peek() >= '0' && peek() <= '9') {
            if (fits) magnitude = magnitude * 10 + (peek() - '0');
            fits = fits && magnitude <= kJsonMaxInteger;
            ++at_;
        }
        const std::size_t digits = at_ - first;
        if (digits == 0 || (digits > 1 && text_[first] == '0')) {
            return stop(JsonFault::not_json, begin);
        }
        if (peek() == '.' || peek() == 'e' || peek() == 'E') {
            return stop(JsonFault::not_integer, begin);
        }
        if (!fits) return stop(JsonFault::out_of_range, begin);
        if (negative && magnitude == 0) return stop(JsonFault::not_canonical, begin);
        out = Json(negative ? -magnitude : magnitude);
        return true;
    }

    bool string(std::string& out) {
        const std::size_t begin = ++at_;
        bool ascii = true;
        for (;; ++at_) {
            while (more() && kPlain[static_cast<std::uint8_t>(text_[at_])])
                ++at_;
            const char c = peek();
            if (c == '"') break;
            if (c == '\\') return escaped_string(out, begin);
            if (static_cast<std::uint8_t>(c) < 0x20) return stop(JsonFault::not_json);
            ascii = false;
        }
        const std::string_view plain = text_.substr(begin, at_ - begin);
        if (!ascii && !is_utf8(plain)) return stop(JsonFault::not_utf8, begin);
        out.assign(plain);
        ++at_;
        return true;
    }

    bool escaped_string(std::string& out, std::size_t begin) {
        out.assign(text_.substr(begin, at_ - begin));
        while (more() && peek() != '"') {
            const char c = peek();
            if (static_cast<std::uint8_t>(c) < 0x20) return stop(JsonFault::not_json);
            if (c == '\\') {
                if (!escape(out)) return false;
            } else {
                out.push_back(c);
                ++at_;
            }
        }
        if (!more()) return stop(JsonFault::not_json);
        if (!is_utf8(out)) return stop(JsonFault::not_utf8, begin);
        ++at_;
        return true;
    }

    bool escape(std::string& out) {
        const std::size_t begin = at_++;
        const char c = peek();
        constexpr std::string_view kLetters = "\"\\btnfr/";
        constexpr std::string_view kMeanings = "\"\\\b\t\n\f\r/";
        const std::size_t which = more() ? kLetters.find(c) : std::string_view::npos;
        if (which != std::string_view::npos) {
            if (canonical_ && c == '/') return stop(JsonFault::not_canonical, begin);
            out.push_back(kMeanings[which]);
            ++at_;
            return true;
        }
        if (!more() || c != 'u') return stop(JsonFault::not_json, begin);
        ++at_;
        return unicode_escape(out, begin);
    }

    bool unicode_escape(std::string& out, std::size_t begin) {
        std::uint32_t unit = 0;
        if (!hex_unit(unit)) return stop(JsonFault::not_json, begin);
        if (canonical_) {
            // Only characters below U+0020 without a letter of their own, digits in lower case.
            const bool lettered = unit == 8 || unit == 9 || unit == 10 || unit == 12 || unit == 13;
            const std::string_view digits = text_.substr(begin + 2, 4);
            const bool upper =
                std::ranges::any_of(digits, [](char d) { return d <= 'F' && d >= 'A'; });
            if (unit >= 0x20 || upper || lettered) {
                return stop(JsonFault::not_canonical, begin);
            }
        }
        if (unit >= 0xd800 && unit <= 0xdbff) {
            std::uint32_t low = 0;
            if (text_.substr(at_, 2) != "\\u") return stop(JsonFault::not_utf8, begin);
            at_ += 2;
            if (!hex_unit(low)) return stop(JsonFault::not_json, begin);
            if (low < 0xdc00 || low > 0xdfff) return stop(JsonFault::not_utf8, begin);
            unit = 0x10000 + ((unit - 0xd800) << 10U) + (low - 0xdc00);
        } else if (unit >= 0xdc00 && unit <= 0xdfff) {
            return stop(JsonFault::not_utf8, begin);
        }
        put_utf8(out, unit);
        return true;
    }

    bool hex_unit(std::uint32_t& unit) {
        if (text_.size() - at_ < 4) return false;
        for (std::size_t i = 0; i < 4; ++i) {
            const char c = text_[at_++];
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) return false;
            unit = unit << 4U | static_cast<std::uint32_t>(digit);
        }
        return true;
    }

    static void put_utf8(std::string& out, std::uint32_t point) {
        const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
        if (point < 0x80) return put(point);
        if (point < 0x800) {
            put(0xc0U | point >> 6U);
        } else if (point < 0x10000) {
            put(0xe0U | point >> 12U);
            put(0x80U | (point >> 6U & 0x3fU));
        } else {
            put(0xf0U | point >> 18U);
            put(0x80U | (point >> 12U & 0x3fU));
            put(0x80U | (point >> 6U & 0x3fU));
        }
        put(0x80U | (point & 0x3fU));
    }

    bool array(Json& out, std::size_t depth) {
        if (depth > kJsonMaxDepth) return stop(JsonFault::too_deep);
        ++at_;
        if (!skip_space()) return false;
        auto& items = out.value_.emplace<Json::Array>();
        if (peek() != ']') items.reserve(kFewItems);
        while (peek() != ']') {
            if (!items.empty() && !separator()) return false;
            if (!value(items.emplace_back(), depth) || !skip_space()) return false;
        }
        ++at_;
        return true;
    }

    bool separator() {
        if (peek() != ',') return stop(JsonFault::not_json);
        ++at_;
        return skip_space();
    }

    bool object(Json& out, std::size_t depth) {
        if (depth > kJsonMaxDepth) return stop(JsonFault::too_deep);
        const std::size_t start = at_++;
        if (!skip_space()) return false;
        auto& members = out.value_.emplace<Json::Object>();
        if (peek() != '}') members.reserve(kFewMembers);
        while (peek() != '}') {
            if (!members.empty() && !separator()) return false;
            JsonMember& member = members.emplace_back();
            if (!key(member.key)) return false;
            if (canonical_ && members.size() > 1 && !in_order(members)) return false;
            if (!colon() || !value(member.value, depth) || !skip_space()) return false;
        }
        ++at_;
        return canonical_ || sort(members) || stop(JsonFault::duplicate_key, start);
    }

    bool key(std::string& out) {
        key_at_ = at_;
        if (peek() != '"') return stop(JsonFault::not_json);
        if (!string(out)) return false;
        const bool printable =
            std::ranges::all_of(out, [](char c) { return c >= 0x20 && c <= 0x7e; });
        return printable || stop(JsonFault::bad_key, key_at_);
    }

    /// The last key against the one before.
    bool in_order(const Json::Object& members) {
        const int order = members[members.size() - 2].key.compare(members.back().key);
        if (order == 0) return stop(JsonFault::duplicate_key, key_at_);
        return order < 0 || stop(JsonFault::not_canonical, key_at_);
    }

    bool colon() {
        if (!skip_space()) return false;
        if (peek() != ':') return stop(JsonFault::not_json);
        ++at_;
        return skip_space();
    }

    static bool sort(Json::Object& members) {
        std::ranges::sort(members, {}, &JsonMember::key);
        return std::ranges::adjacent_find(members, {}, &JsonMember::key) == members.end();
    }

    std::string_view text_;
    bool canonical_;
    std::size_t at_ = 0;
    std::size_t key_at_ = 0;
    std::optional<JsonError> error_;
};

Result<Json, JsonError> Json::parse(std::string_view text, JsonMode mode, std::size_t max_bytes) {
    if (text.size() > max_bytes) return unexpected(JsonError{JsonFault::too_large, max_bytes});
    return JsonParser(text, mode).run();
}

} // namespace handprint::record
