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

/// Null, or what is wrong. `out` has as many bytes as the text without padding stands for.
const char*
decode_to(std::string_view text, const DecodeTable& table, std::span<std::uint8_t> out) {
    const char* in = text.data();
    std::uint8_t* to = out.data();
    std::size_t left = text.size();
    const auto digit = [&](std::size_t at) {
        return std::uint32_t{table.data()[static_cast<std::uint8_t>(in[at])]};
    };
    for (; left >= 4; left -= 4, in += 4) {
        const std::uint32_t a = digit(0);
        const std::uint32_t b = digit(1);
        const std::uint32_t c = digit(2);
        const std::uint32_t d = digit(3);
        if ((a | b | c | d) > 0x3fU) return "base64: character outside the alphabet";
        const std::uint32_t word = a << 18U | b << 12U | c << 6U | d;
        *to++ = static_cast<std::uint8_t>(word >> 16U);
        *to++ = static_cast<std::uint8_t>(word >> 8U & 0xffU);
        *to++ = static_cast<std::uint8_t>(word & 0xffU);
    }
    std::uint32_t word = 0;
    unsigned bits = 0;
    for (; left > 0; --left, ++in) {
        if (digit(0) > 0x3fU) return "base64: character outside the alphabet";
        word = word << 6U | digit(0);
        bits += 6;
    }
    for (; bits >= 8; bits -= 8)
        *to++ = static_cast<std::uint8_t>(word >> (bits - 8) & 0xffU);
    return (word & ((1U << bits) - 1U)) == 0 ? nullptr : "base64: unused bits are not zero";
}

Result<Bytes> decode(std::string_view text, const DecodeTable& table) {
    if (text.size() % 4 == 1) return fail("base64: impossible length");
    Bytes out(text.size() * 3 / 4);
    if (const char* wrong = decode_to(text, table, out)) return fail(wrong);
    return out;
}

/// Failure if the text cannot be one with padding.
Result<std::string_view> without_padding(std::string_view text) {
    if (text.size() % 4 != 0) return fail("base64: length is not a multiple of 4");
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    return text.substr(0, text.size() - padding);
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
    const auto bare = without_padding(text);
    if (!bare) return unexpected(bare.error());
    return decode(*bare, kStandardTable);
}

bool base64_decode_to(std::string_view text, std::span<std::uint8_t> out) {
    const auto bare = without_padding(text);
    return bare && bare->size() % 4 != 1 && bare->size() * 3 / 4 == out.size()
           && decode_to(*bare, kStandardTable, out) == nullptr;
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
