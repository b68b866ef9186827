#pragma once

// What the columns of a row may be: Int, text, a 32-byte hash.

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <string>

namespace handprint::market {

using Int = std::int64_t;

inline constexpr Int never = -1; // an index or time that has not come

} // namespace handprint::market
