#include "ledger/base/id.hpp"

#include "ledger/base/bytes.hpp"
#include "ledger/base/hex.hpp"

namespace handprint {

Result<CommandId> CommandId::parse(std::string_view hex) {
    CommandId id;
    if (!hex_decode_to(hex, id.bytes)) return fail("command id: not 32 hexadecimal digits");
    return id;
}

std::string CommandId::hex() const {
    return hex_encode(bytes);
}

} // namespace handprint

std::size_t std::hash<handprint::CommandId>::operator()(const handprint::CommandId& id
) const noexcept {
    return std::hash<std::string_view>{}(handprint::as_text(id.bytes));
}
