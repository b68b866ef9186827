#pragma once

#include "ledger/books/account.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/record/json_scan.hpp"
#include "ledger/record/json_writer.hpp"

#include <cstdint>
#include <string_view>

namespace handprint::record {

/// ["fee","KES","-70"]: a class, a currency, an amount.
void write_sum(JsonWriter& writer, const books::ClassSum& sum);
[[nodiscard]] Result<books::ClassSum> sum_from_json(const Json& json);
bool scan_sum(JsonScan& scan, books::ClassSum& out);

/// ["fee/coop","KES","-70"]: an account, a currency, an amount.
void write_posting(JsonWriter& writer, const books::Posting& posting);
[[nodiscard]] Result<books::Posting> posting_from_json(const Json& json);
bool scan_posting(JsonScan& scan, books::Posting& out);

} // namespace handprint::record
