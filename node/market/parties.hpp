#pragma once

// How parties, accounts and keys are written in commands and rows: docs/ledger-format.md. Pure.

#include "node/market/columns.hpp"

#include <string>
#include <string_view>

namespace handprint::market {

/// "m:12" -> 12 when the text names a party of that kind, else never.
[[nodiscard]] Int ordinal_of(std::string_view party, char kind);
/// 'm', 12 -> "m:12".
[[nodiscard]] std::string party(char kind, Int ordinal);
/// "escrow", "r:3" -> "escrow/r:3".
[[nodiscard]] std::string account(std::string_view account_class, std::string_view owner);
/// Whether the text is a public key that somebody can hold: 32 bytes in padded base64.
[[nodiscard]] bool is_key(std::string_view text);

} // namespace handprint::market
