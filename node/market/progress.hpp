#pragma once

// How far a run has come: the Merkle frontier of its rows, kept in a text column so that the root
// of a million rows needs no second pass. Text: decimal size, then a colon, then the frontier in
// hex.

#include "ledger/base/bytes.hpp"

#include <string>

namespace handprint::market {

/// "" is an empty run. `row` is leaf data, not a leaf hash.
[[nodiscard]] std::string progress_add(const std::string& progress, ByteView row);
[[nodiscard]] Hash progress_root(const std::string& progress);

} // namespace handprint::market
