#pragma once

#include "ledger/books/account.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/record/json.hpp"

#include <cstdint>
#include <string_view>

namespace handprint::record {

/// ["fee","KES","-70"]: a class, a currency, an amount.
[[nodiscard]] Json sum_to_json(const books::ClassSum& sum);
[[nodiscard]] Result<books::ClassSum> sum_from_json(const Json& json);

/// ["fee/coop","KES","-70"]: an account, a currency, an amount.
[[nodiscard]] Json posting_to_json(const books::Posting& posting);
[[nodiscard]] Result<books::Posting> posting_from_json(const Json& json);

} // namespace handprint::record
