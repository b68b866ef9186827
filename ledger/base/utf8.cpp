#include "ledger/base/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace handprint {

namespace {

struct Decoded {
    std::uint32_t code_point;
    std::size_t length; // 0: not UTF-8
};

Decoded decode_one(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t first = byte(0);
    if (first < 0x80) return {first, 1};
    std::size_t length = 0;
    std::uint32_t code_point = 0;
    std::uint32_t smallest = 0; // below it the form is overlong
    if ((first & 0xe0U) == 0xc0U) {
        length = 2, code_point = first & 0x1fU, smallest = 0x80;
    } else if ((first & 0xf0U) == 0xe0U) {
        length = 3, code_point = first & 0x0fU, smallest = 0x800;
    } else if ((first & 0xf8U) == 0xf0U) {
        length = 4, code_point = first & 0x07U, smallest = 0x10000;
    } else {
        return {0, 0};
    }
    if (text.size() < length) return {0, 0};
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) return {0, 0};
        code_point = (code_point << 6U) | (byte(i) & 0x3fU);
    }
    const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    if (code_point < smallest || code_point > 0x10ffff || surrogate) return {0, 0};
    return {code_point, length};
}

bool is_space(std::uint32_t c) noexcept {
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680
           || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f
           || c == 0x205f || c == 0x3000;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const Decoded decoded = decode_one(text);
        if (decoded.length == 0) return false;
        text.remove_prefix(decoded.length);
    }
    return true;
}

bool has_unicode_space(std::string_view utf8) noexcept {
    while (!utf8.empty()) {
        const Decoded decoded = decode_one(utf8);
        if (decoded.length == 0) return false;
        if (is_space(decoded.code_point)) return true;
        utf8.remove_prefix(decoded.length);
    }
    return false;
}

} // namespace handprint
