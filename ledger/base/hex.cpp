#include "ledger/base/hex.hpp"

namespace handprint {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

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
        const std::size_t high = kDigits.find(text[i]);
        const std::size_t low = kDigits.find(text[i + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return fail("hex: not a lower-case hexadecimal digit");
        }
        out.push_back(static_cast<std::uint8_t>(high << 4U | low));
    }
    return out;
}

} // namespace handprint
