#include "ledger/record/manifest.hpp"

#include "ledger/record/fields.hpp"

namespace handprint::record {

std::string distribution_row(std::uint64_t member, std::int64_t points, std::int64_t amount) {
    Json row;
    row.set("amount", amount_to_json(amount));
    row.set("member", member);
    row.set("points", amount_to_json(points));
    return row.encode();
}

std::string payout_row(std::uint64_t member, std::int64_t amount) {
    Json row;
    row.set("amount", amount_to_json(amount));
    row.set("member", member);
    return row.encode();
}

} // namespace handprint::record
