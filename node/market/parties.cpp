#include "node/market/parties.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/crypto.hpp"
#include "ledger/base/decimal.hpp"

namespace handprint::market {

Int ordinal_of(std::string_view party, char kind) {
    if (party.size() < 3 || party[0] != kind || party[1] != ':') return never;
    const auto number = parse_i64(party.substr(2));
    return number && *number >= 0 ? *number : never;
}

std::string party(char kind, Int ordinal) {
    return std::string{kind, ':'} + std::to_string(ordinal);
}

std::string account(std::string_view account_class, std::string_view owner) {
    std::string name(account_class);
    name += '/';
    name += owner;
    return name;
}

bool is_key(std::string_view text) {
    const auto key = base64_to_array<32>(text);
    return key && ed25519_is_key(*key);
}

} // namespace handprint::market
