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

/// The last group of four is filled up with = if `padded`.
void encode(std::string& out, ByteView bytes, std::string_view alphabet, bool padded) {
    const std::size_t digits = (bytes.size() * 4 + 2) / 3;
    std::size_t to = out.size(), from = 0;
    const std::size_t end = to + digits;
    out.resize(to + (padded ? (bytes.size() + 2) / 3 * 4 : digits), '=');
    for (; from + 3 <= bytes.size(); from += 3, to += 4) {
        const std::uint32_t group = std::uint32_t{bytes[from]} << 16U
                                    | std::uint32_t{bytes[from + 1]} << 8U | bytes[from + 2];
        out[to] = alphabet[group >> 18U];
        out[to + 1] = alphabet[group >> 12U & 0x3fU];
        out[to + 2] = alphabet[group >> 6U & 0x3fU];
        out[to + 3] = alphabet[group & 0x3fU];
    }
    std::uint32_t rest = 0;
    for (std::size_t i = 0; i < 3; ++i)
        rest = rest << 8U | (from + i < bytes.size() ? bytes[from + i] : 0U);
    for (unsigned shift = 18; to < end; ++to, shift -= 6)
        out[to] = alphabet[rest >> shift & 0x3fU];
}

Result<Bytes> decode(std::string_view text, const DecodeTable& table) {
    if (text.size() % 4 == 1) return fail("base64: impossible length");
    Bytes out(text.size() * 3 / 4);
    std::size_t to = 0, from = 0;
    std::uint32_t seen = 0;
    const auto digit = [&](std::size_t at) {
        const std::uint32_t value = table[static_cast<std::uint8_t>(text[at])];
        seen |= value;
        return value;
    };
    for (; from + 4 <= text.size(); from += 4, to += 3) {
        const std::uint32_t group =
            digit(from) << 18U | digit(from + 1) << 12U | digit(from + 2) << 6U | digit(from + 3);
        out[to] = static_cast<std::uint8_t>(group >> 16U);
        out[to + 1] = static_cast<std::uint8_t>(group >> 8U);
        out[to + 2] = static_cast<std::uint8_t>(group);
    }
    std::uint32_t rest = 0;
    for (std::size_t i = 0; i < 4; ++i)
        rest = rest << 6U | (from + i < text.size() ? digit(from + i) : 0U);
    for (unsigned shift = 16; to < out.size(); ++to, shift -= 8)
        out[to] = static_cast<std::uint8_t>(rest >> shift);
    // A digit has six bits, what is none of the alphabet has eight.
    if (seen > 0x3fU) return fail("base64: character outside the alphabet");
    const unsigned used = static_cast<unsigned>(out.size() % 3) * 8;
    if ((rest & ((1U << (24U - used)) - 1U)) != 0) return fail("base64: unused bits are not zero");
    return out;
}

} // namespace

std::string base64_encode(ByteView bytes) {
    std::string out;
    base64_append(out, bytes);
    return out;
}

void base64_append(std::string& out, ByteView bytes) {
    encode(out, bytes, kStandard, true);
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
    std::string out;
    encode(out, bytes, kUrlSafe, false);
    return out;
}

Result<Bytes> base64url_decode(std::string_view text) {
    return decode(text, kUrlSafeTable);
}

} // namespace handprint
