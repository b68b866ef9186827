#include "ledger/record/json_scan.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/record/json_plain.hpp"

namespace handprint::record {

namespace {

/// Values inside each other that skip() follows; whoever asked for it is inside a few more.
constexpr std::size_t kFewLevels = kJsonMaxDepth / 2;

} // namespace

bool JsonScan::string(std::string_view& out) {
    if (!eat("\"")) return false;
    out = plain_prefix(text_.substr(at_));
    at_ += out.size();
    return eat("\"");
}

bool JsonScan::integer(std::int64_t& out) {
    if (!good_) return false;
    const bool negative = eat_if("-");
    const std::size_t begin = at_;
    constexpr std::size_t most_digits = 16; // of kJsonMaxInteger
    std::int64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
        if (at_ - begin == most_digits) return fail();
        value = value * 10 + (text_[at_] - '0');
    }
    if (at_ == begin || value > kJsonMaxInteger) return fail();
    const bool zero_first = text_[begin] == '0' && (negative || at_ - begin > 1);
    if (zero_first) return fail();
    out = negative ? -value : value;
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
    out = taken_from(begin);
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
