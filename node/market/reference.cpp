#include "node/market/reference.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/commitment.hpp"

#include <type_traits>

namespace handprint::market {

Result<std::string> plain_reference(std::string_view text) {
    constexpr std::size_t most = 128;
    std::string plain;
    for (const char c : text) {
        if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
        if (c < '!' || c > '~') return fail("must be of ASCII letters, digits and signs");
        plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (plain.empty() || plain.size() > most) {
        return fail("must have 1 to 128 letters, digits and signs, white space not counted");
    }
    return plain;
}

Result<Hash> reference_hash(const Hash& salt, std::string_view text) {
    auto plain = plain_reference(text);
    if (!plain) return unexpected(plain.error());
    return record::commit(salt, *plain);
}

Hash* reference_in(Command& command) {
    return std::visit(
        [](auto& c) -> Hash* {
            if constexpr (requires { c.reference; }) {
                return &c.reference;
            } else {
                return nullptr;
            }
        },
        command
    );
}

std::string reference_name(const Hash& reference) {
    return base64_encode(reference);
}

bool comes_again(const ReferenceRow& before, Int payout, Int refund) {
    const bool comes_in = payout == never && refund == never;
    return !comes_in && before.payout == payout && before.refund == refund;
}

Refusal reference_used(const ReferenceRow& before) {
    Refusal refusal{Family::conflict, "reference_used", {}, "reference"};
    refusal.detail = "A transfer is entered once; entry " + std::to_string(before.index)
                     + " has this reference.";
    refusal.existing = {{"entry", before.index}};
    return refusal;
}

} // namespace handprint::market
