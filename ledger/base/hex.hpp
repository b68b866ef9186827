#pragma once

#include "ledger/base/bytes.hpp"

#include <string>
#include <string_view>

namespace handprint {

/// Lower case, two digits a byte.
[[nodiscard]] std::string hex_encode(ByteView bytes);

/// The inverse of hex_encode: lower case only, so that every value has one text.
[[nodiscard]] Result<Bytes> hex_decode(std::string_view text);

} // namespace handprint
