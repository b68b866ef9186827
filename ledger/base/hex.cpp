#include "ledger/base/hex.hpp"

namespace handprint {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

/// 16 or more for what is no digit.
constexpr unsigned value_of(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    return digit >= 'a' && digit <= 'f' ? static_cast<unsigned>(digit - 'a') + 10U : 16U;
}

} // namespace

std::string hex_encode(ByteView bytes) {
    std::string out(bytes.size() * 2, '0');
    std::size_t to = 0;
    for (const std::uint8_t byte : bytes) {
        out[to++] = kDigits[byte >> 4U];
        out[to++] = kDigits[byte & 0x0fU];
    }
    return out;
}

Result<Bytes> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) return fail("hex: odd length");
    Bytes out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const unsigned high = value_of(text[i]);
        const unsigned low = value_of(text[i + 1]);
        if ((high | low) > 15U) return fail("hex: not a lower-case hexadecimal digit");
        out.push_back(static_cast<std::uint8_t>(high << 4U | low));
    }
    return out;
}

} // namespace handprint
