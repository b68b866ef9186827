#pragma once

#include "ledger/base/bytes.hpp"

#include <string>
#include <string_view>

namespace handprint {

/// Lower case, two digits a byte.
[[nodiscard]] std::string hex_encode(ByteView bytes);

/// The inverse of hex_encode: lower case only, so that every value has one text.
[[nodiscard]] Result<Bytes> hex_decode(std::string_view text);

/// The same into memory in hand. False for what hex_decode() refuses, and for another length.
[[nodiscard]] bool hex_decode_to(std::string_view text, std::span<std::uint8_t> out);

} // namespace handprint
