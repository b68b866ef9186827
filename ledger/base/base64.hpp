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

/// RFC 4648 section 5, without padding; the same strictness.
[[nodiscard]] std::string base64url_encode(ByteView bytes);
[[nodiscard]] Result<Bytes> base64url_decode(std::string_view text);

} // namespace handprint
