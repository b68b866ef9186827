#include "ledger/base/base64.hpp"

namespace handprint {

namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0xff;

using DecodeTable = std::array<std::uint8_t, 256>;

constexpr DecodeTable make_table(std::string_view alphabet) {
    DecodeTable table{};
    table.fill(kInvalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}

constexpr DecodeTable kStandardTable = make_table(kStandard);
constexpr DecodeTable kUrlSafeTable = make_table(kUrlSafe);

std::string encode(ByteView bytes, std::string_view alphabet) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        buffer = (buffer << 8U) | byte;
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out.push_back(alphabet[(buffer >> bits) & 0x3fU]);
        }
    }
    if (bits > 0) out.push_back(alphabet[(buffer << (6U - bits)) & 0x3fU]);
    return out;
}

Result<Bytes> decode(std::string_view text, const DecodeTable& table) {
    if (text.size() % 4 == 1) return fail("base64: impossible length");
    Bytes out;
    out.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t buffer = 0;
    unsigned bits = 0;
    for (const char c : text) {
        const std::uint8_t digit = table[static_cast<std::uint8_t>(c)];
        if (digit == kInvalid) return fail("base64: character outside the alphabet");
        buffer = (buffer << 6U) | digit;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<std::uint8_t>((buffer >> bits) & 0xffU));
        }
    }
    if ((buffer & ((1U << bits) - 1U)) != 0) return fail("base64: unused bits are not zero");
    return out;
}

} // namespace

std::string base64_encode(ByteView bytes) {
    std::string out = encode(bytes, kStandard);
    while (out.size() % 4 != 0)
        out.push_back('=');
    return out;
}

Result<Bytes> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return fail("base64: length is not a multiple of 4");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    return decode(text.substr(0, text.size() - padding), kStandardTable);
}

std::string base64url_encode(ByteView bytes) {
    return encode(bytes, kUrlSafe);
}

Result<Bytes> base64url_decode(std::string_view text) {
    return decode(text, kUrlSafeTable);
}

} // namespace handprint
