#include "ledger/base/base64.hpp"

namespace handprint {

namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlSafe =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t kInvalid = 1U << 24U;

/// What a character stands for at each of the four places of a group, or kInvalid.
using DecodeTable = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr DecodeTable make_table() {
    DecodeTable table{};
    for (std::uint32_t place = 0; place < 4; ++place) {
        table[place].fill(kInvalid);
        for (std::uint32_t i = 0; i < kStandard.size(); ++i)
            table[place][static_cast<std::uint8_t>(kStandard[i])] = i << (18U - 6U * place);
    }
    return table;
}

constexpr DecodeTable kTable = make_table();

/// The last group of four is filled up with = if `padded`.
void encode(std::string& out, ByteView bytes, std::string_view alphabet, bool padded) {
    const std::size_t digits = (bytes.size() * 4 + 2) / 3;
    const std::size_t before = out.size();
    out.resize(before + (padded ? (bytes.size() + 2) / 3 * 4 : digits), '=');
    char* to = out.data() + before;
    char* const end = to + digits;
    const char* const letters = alphabet.data();
    const std::uint8_t* from = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 3; left -= 3, from += 3, to += 4) {
        const std::uint32_t group =
            std::uint32_t{from[0]} << 16U | std::uint32_t{from[1]} << 8U | from[2];
        to[0] = letters[group >> 18U];
        to[1] = letters[group >> 12U & 0x3fU];
        to[2] = letters[group >> 6U & 0x3fU];
        to[3] = letters[group & 0x3fU];
    }
    std::uint32_t rest = 0;
    for (std::size_t i = 0; i < 3; ++i)
        rest = rest << 8U | (i < left ? from[i] : 0U);
    for (unsigned shift = 18; to < end; ++to, shift -= 6)
        *to = letters[rest >> shift & 0x3fU];
}

/// Null, or what is wrong. `out` has as many bytes as the text without padding stands for.
const char* decode_to(std::string_view text, std::span<std::uint8_t> out) {
    const char* in = text.data();
    std::uint8_t* to = out.data();
    std::size_t left = text.size();
    const auto digit = [&](std::size_t at, std::size_t place) {
        return kTable[place].data()[static_cast<std::uint8_t>(in[at])];
    };
    for (; left >= 4; left -= 4, in += 4, to += 3) {
        const std::uint32_t word = digit(0, 0) | digit(1, 1) | digit(2, 2) | digit(3, 3);
        if (word >= kInvalid) return "base64: character outside the alphabet";
        to[0] = static_cast<std::uint8_t>(word >> 16U);
        to[1] = static_cast<std::uint8_t>(word >> 8U & 0xffU);
        to[2] = static_cast<std::uint8_t>(word & 0xffU);
    }
    std::uint32_t word = 0;
    for (std::size_t at = 0; at < left; ++at)
        word |= digit(at, at);
    if (word >= kInvalid) return "base64: character outside the alphabet";
    for (std::size_t bits = left * 6; bits >= 8; bits -= 8, word = word << 8U & (kInvalid - 1U))
        *to++ = static_cast<std::uint8_t>(word >> 16U);
    return word == 0 ? nullptr : "base64: unused bits are not zero";
}

/// Failure if the text cannot be one with padding. What is left is never one more than a multiple
/// of four.
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
    Bytes out(bare->size() * 3 / 4);
    if (const char* wrong = decode_to(*bare, out)) return fail(wrong);
    return out;
}

bool base64_decode_to(std::string_view text, std::span<std::uint8_t> out) {
    const auto bare = without_padding(text);
    return bare && bare->size() * 3 / 4 == out.size() && decode_to(*bare, out) == nullptr;
}

std::string base64url_encode(ByteView bytes) {
    std::string out;
    encode(out, bytes, kUrlSafe, false);
    return out;
}

} // namespace handprint
