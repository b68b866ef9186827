#pragma once

#include "ledger/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace handprint {

/// Digits only, no sign, no leading zero except "0" itself, no overflow.
[[nodiscard]] Result<std::uint64_t> parse_u64(std::string_view text);

/// As parse_u64 with an optional '-'; "-0" is refused.
[[nodiscard]] Result<std::int64_t> parse_i64(std::string_view text);

} // namespace handprint
