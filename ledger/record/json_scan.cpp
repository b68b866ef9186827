#include "ledger/record/json_scan.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"

namespace handprint::record {

namespace {

/// Values inside each other that skip() follows; whoever asked for it is inside a few more.
constexpr std::size_t kFewLevels = kJsonMaxDepth / 2;

/// Bytes that stand for themselves in a string.
constexpr bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// Whether all of eight bytes are plain.
bool eight_plain(const char* text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = ones << 7U;
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    const auto has = [](std::uint64_t w, std::uint64_t byte) {
        const std::uint64_t zero = w ^ (ones * byte);
        return (zero - ones) & ~zero;
    };
    const std::uint64_t below_space = (word - ones * 0x20) & ~word;
    const std::uint64_t others = has(word, '"') | has(word, '\\') | has(word, 0x7f);
    return ((word | below_space | others) & tops) == 0;
}

} // namespace

bool JsonScan::string(std::string_view& out) {
    if (!eat("\"")) return false;
    const char* const begin = text_.data() + at_;
    const char* const end = text_.data() + text_.size();
    const char* to = begin;
    while (end - to >= 8 && eight_plain(to))
        to += 8;
    while (to != end && is_plain(*to))
        ++to;
    out = {begin, static_cast<std::size_t>(to - begin)};
    at_ += out.size();
    return eat("\"");
}

bool JsonScan::integer(std::int64_t& out) {
    if (!good_) return false;
    const std::size_t begin = at_;
    if (at_ < text_.size() && text_[at_] == '-') ++at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
        ++at_;
    const auto value = parse_i64(text_.substr(begin, at_ - begin));
    if (!value || *value > kJsonMaxInteger || *value < -kJsonMaxInteger) return fail();
    out = *value;
    return true;
}

bool JsonScan::natural(std::uint64_t& out) {
    std::int64_t value = 0;
    if (!integer(value)) return false;
    if (value < 0) return fail();
    out = static_cast<std::uint64_t>(value);
    return true;
}

bool JsonScan::hash(Hash& out) {
    std::string_view text;
    if (!string(text)) return false;
    return base64_decode_to(text, out) || fail();
}

bool JsonScan::amount(std::int64_t& out) {
    std::string_view text;
    if (!string(text)) return false;
    const auto value = parse_i64(text);
    if (!value) return fail();
    out = *value;
    return true;
}

bool JsonScan::key(std::string_view& out) {
    return string(out) && eat(":");
}

bool JsonScan::skip(std::string_view& out) {
    const std::size_t begin = at_;
    if (!skip_at(0)) return false;
    out = text_.substr(begin, at_ - begin);
    return true;
}

bool JsonScan::skip_at(std::size_t depth) {
    if (!good_ || at_ == text_.size() || depth > kFewLevels) return fail();
    switch (text_[at_]) {
    case '"': {
        std::string_view text;
        return string(text);
    }
    case '{':
        return object([&](std::string_view) { return skip_at(depth + 1); });
    case '[':
        return array([&] { return skip_at(depth + 1); });
    case 't':
        return eat("true");
    case 'f':
        return eat("false");
    case 'n':
        return eat("null");
    default: {
        std::int64_t number = 0;
        return integer(number);
    }
    }
}

} // namespace handprint::record
