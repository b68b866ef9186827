#include "ledger/base/decimal.hpp"

namespace handprint {

Result<std::uint64_t> parse_u64(std::string_view text) {
    if (text.empty()) return fail("decimal: empty");
    if (text.size() > 1 && text.front() == '0') return fail("decimal: leading zero");
    std::uint64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return fail("decimal: not a digit");
        const auto digit = static_cast<std::uint64_t>(c - '0');
        if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)
            || __builtin_add_overflow(value, digit, &value)) {
            return fail("decimal: too large");
        }
    }
    return value;
}

Result<std::int64_t> parse_i64(std::string_view text) {
    const bool negative = text.starts_with('-');
    const Result<std::uint64_t> magnitude = parse_u64(negative ? text.substr(1) : text);
    if (!magnitude) return unexpected(magnitude.error());
    constexpr std::uint64_t kLimit = std::uint64_t{1} << 63U;
    if (negative) {
        if (*magnitude == 0) return fail("decimal: negative zero");
        if (*magnitude > kLimit) return fail("decimal: too small");
        return static_cast<std::int64_t>(~*magnitude + 1);
    }
    if (*magnitude >= kLimit) return fail("decimal: too large");
    return static_cast<std::int64_t>(*magnitude);
}

} // namespace handprint
