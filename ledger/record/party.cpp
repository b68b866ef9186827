#include "ledger/record/party.hpp"

#include "ledger/base/decimal.hpp"
#include "ledger/record/json.hpp"

namespace handprint::record {

Result<Party> Party::parse(std::string_view text) {
    if (text == "clock") return clock();
    if (text == "new") return newcomer();
    if (text.size() < 3 || text[1] != ':') return fail("not a party");
    PartyKind kind = PartyKind::member;
    switch (text[0]) {
    case 'm':
        break;
    case 'r':
        kind = PartyKind::requester;
        break;
    case 'd':
        kind = PartyKind::delegate;
        break;
    default:
        return fail("not a party");
    }
    const auto ordinal = parse_u64(text.substr(2));
    if (!ordinal || std::cmp_greater(*ordinal, kJsonMaxInteger)) return fail("not a party");
    return Party{kind, *ordinal};
}

std::string Party::text() const {
    switch (kind) {
    case PartyKind::member:
        return "m:" + std::to_string(ordinal);
    case PartyKind::requester:
        return "r:" + std::to_string(ordinal);
    case PartyKind::delegate:
        return "d:" + std::to_string(ordinal);
    case PartyKind::clock:
        return "clock";
    case PartyKind::newcomer:
        return "new";
    }
    HP_CHECK(false, "a party kind outside the enumeration");
    return {};
}

} // namespace handprint::record
