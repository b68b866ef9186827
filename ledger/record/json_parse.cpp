#include "ledger/base/utf8.hpp"
#include "ledger/record/json.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

namespace handprint::record {

/// Recursive descent, bounded by kJsonMaxDepth. Children of the value being read wait on one stack
/// per kind and move into a vector of the exact size, so each array or object costs one allocation.
class JsonParser {
public:
    JsonParser(std::string_view text, JsonMode mode)
        : text_(text), canonical_(mode == JsonMode::canonical) {
        values_.reserve(32);
        members_.reserve(32);
    }

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
        case '"': {
            std::string text;
            if (!string(text)) return false;
            out = Json(std::move(text));
            return true;
        }
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
        while (more()) {
            const auto byte = static_cast<std::uint8_t>(text_[at_]);
            if (byte == '"') break;
            if (byte == '\\') return escaped_string(out, begin);
            if (byte < 0x20) return stop(JsonFault::not_json);
            ascii = ascii && byte < 0x80;
            ++at_;
        }
        if (!more()) return stop(JsonFault::not_json);
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
        const std::size_t base = values_.size();
        while (peek() != ']') {
            if (values_.size() != base && !separator()) return false;
            Json item;
            if (!value(item, depth)) return false;
            values_.push_back(std::move(item));
            if (!skip_space()) return false;
        }
        ++at_;
        const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(base);
        out =
            Json(Json::Array(std::make_move_iterator(begin), std::make_move_iterator(values_.end()))
            );
        values_.erase(begin, values_.end());
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
        const std::size_t base = members_.size();
        while (peek() != '}') {
            if (members_.size() != base && !separator()) return false;
            JsonMember member;
            if (!key(member.key, base) || !value(member.value, depth)) return false;
            members_.push_back(std::move(member));
            if (!skip_space()) return false;
        }
        ++at_;
        const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(base);
        if (!canonical_ && !sort_members(begin)) return stop(JsonFault::duplicate_key, start);
        out.value_.emplace<Json::Object>(
            std::make_move_iterator(begin), std::make_move_iterator(members_.end())
        );
        members_.erase(begin, members_.end());
        return true;
    }

    bool key(std::string& out, std::size_t base) {
        const std::size_t begin = at_;
        if (peek() != '"') return stop(JsonFault::not_json);
        if (!string(out)) return false;
        const bool printable =
            std::ranges::all_of(out, [](char c) { return c >= 0x20 && c <= 0x7e; });
        if (!printable) return stop(JsonFault::bad_key, begin);
        if (canonical_ && members_.size() != base) {
            const int order = members_.back().key.compare(out);
            if (order == 0) return stop(JsonFault::duplicate_key, begin);
            if (order > 0) return stop(JsonFault::not_canonical, begin);
        }
        if (!skip_space()) return false;
        if (peek() != ':') return stop(JsonFault::not_json);
        ++at_;
        return skip_space();
    }

    bool sort_members(std::vector<JsonMember>::iterator begin) {
        std::sort(begin, members_.end(), [](const auto& a, const auto& b) {
            return a.key < b.key;
        });
        return std::adjacent_find(
                   begin,
                   members_.end(),
                   [](const auto& a, const auto& b) { return a.key == b.key; }
               )
               == members_.end();
    }

    std::string_view text_;
    bool canonical_;
    std::size_t at_ = 0;
    std::vector<Json> values_;
    std::vector<JsonMember> members_;
    std::optional<JsonError> error_;
};

Result<Json, JsonError> Json::parse(std::string_view text, JsonMode mode, std::size_t max_bytes) {
    if (text.size() > max_bytes) return unexpected(JsonError{JsonFault::too_large, max_bytes});
    return JsonParser(text, mode).run();
}

} // namespace handprint::record
