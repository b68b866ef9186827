#pragma once

// References of transfers at the bank. What stands on the bank's paper stays with the delegates:
// the ledger knows its hash under one salt for the whole cooperative, so that one transfer has one
// hash, whoever of them enters it. docs/decisions/0005-references-are-used-once.md says why.

#include "ledger/base/result.hpp"
#include "node/market/command.hpp"
#include "node/market/refusal.hpp"
#include "node/market/rows.hpp"

#include <string>
#include <string_view>

namespace handprint::market {

/// The text as it is hashed: without white space and in capitals, as two people may copy it in two
/// ways. Failure unless 1 to 128 characters of printable ASCII are left.
[[nodiscard]] Result<std::string> plain_reference(std::string_view text);

/// By which the ledger knows the transfer; of any text that plain_reference() takes.
[[nodiscard]] Result<Hash> reference_hash(const Hash& salt, std::string_view text);

/// The reference of a command about a transfer at the bank, else null.
[[nodiscard]] Hash* reference_in(Command& command);

/// Of the ReferenceRow.
[[nodiscard]] std::string reference_name(const Hash& reference);

/// Whether one that was used may come again: what the bank carries out for a payout or a refund may
/// be entered piece by piece. Money comes in once.
[[nodiscard]] bool comes_again(const ReferenceRow& before, Int payout, Int refund);

[[nodiscard]] Refusal reference_used(const ReferenceRow& before);

} // namespace handprint::market
