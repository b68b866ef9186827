#include "ledger/base/id.hpp"

#include "ledger/base/bytes.hpp"
#include "ledger/base/hex.hpp"

namespace handprint {

Result<CommandId> CommandId::parse(std::string_view hex) {
    const Result<Bytes> bytes = hex_decode(hex);
    if (!bytes) return unexpected(bytes.error());
    const Result<std::array<std::uint8_t, 16>> array = to_array<16>(*bytes);
    if (!array) return fail("command id: not 32 hexadecimal digits");
    return CommandId{*array};
}

std::string CommandId::hex() const {
    return hex_encode(bytes);
}

} // namespace handprint

std::size_t std::hash<handprint::CommandId>::operator()(const handprint::CommandId& id
) const noexcept {
    return std::hash<std::string_view>{}(handprint::as_text(id.bytes));
}
