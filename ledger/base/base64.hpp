#pragma once

#include "ledger/base/bytes.hpp"

#include <string>
#include <string_view>

namespace handprint {

/// RFC 4648 section 4, padded.
[[nodiscard]] std::string base64_encode(ByteView bytes);
void base64_append(std::string& out, ByteView bytes);

/// The inverse of base64_encode and of nothing else: padding is required, unused bits are zero, no
/// white space. So every value has exactly one text, and a signature line cannot be varied.
[[nodiscard]] Result<Bytes> base64_decode(std::string_view text);

/// The same into memory in hand. False for what base64_decode() refuses, and for another length.
[[nodiscard]] bool base64_decode_to(std::string_view text, std::span<std::uint8_t> out);

/// The same of a text that stands for just so many bytes: a key, a hash, a signature.
template <std::size_t N>
[[nodiscard]] Result<std::array<std::uint8_t, N>> base64_to_array(std::string_view text) {
    std::array<std::uint8_t, N> out{};
    if (!base64_decode_to(text, out))
        return fail("not the base64 of " + std::to_string(N) + " bytes");
    return out;
}

/// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url_encode(ByteView bytes);

} // namespace handprint
