#include "ledger/base/hex.hpp"

#include <array>

namespace handprint {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

/// 16 for what is no digit.
constexpr auto kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(16);
    std::uint8_t value = 0;
    for (const char digit : kDigits)
        values[static_cast<std::uint8_t>(digit)] = value++;
    return values;
}();

} // namespace

std::string hex_encode(ByteView bytes) {
    std::string out(bytes.size() * 2, '0');
    char* to = out.data();
    for (const std::uint8_t byte : bytes) {
        *to++ = kDigits.data()[byte >> 4U];
        *to++ = kDigits.data()[byte & 0x0fU];
    }
    return out;
}

bool hex_decode_to(std::string_view text, std::span<std::uint8_t> out) {
    if (text.size() != out.size() * 2) return false;
    const char* from = text.data();
    for (std::uint8_t& byte : out) {
        const unsigned high = kValues[static_cast<std::uint8_t>(*from++)];
        const unsigned low = kValues[static_cast<std::uint8_t>(*from++)];
        if ((high | low) > 15U) return false;
        byte = static_cast<std::uint8_t>(high << 4U | low);
    }
    return true;
}

Result<Bytes> hex_decode(std::string_view text) {
    if (text.size() % 2 != 0) return fail("hex: odd length");
    Bytes out(text.size() / 2);
    if (!hex_decode_to(text, out)) return fail("hex: not a lower-case hexadecimal digit");
    return out;
}

} // namespace handprint
