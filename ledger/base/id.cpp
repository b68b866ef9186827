#include "ledger/base/id.hpp"

#include "ledger/base/bytes.hpp"
#include "ledger/base/hex.hpp"

#include <algorithm>

namespace handprint {

CommandId CommandId::at(std::int64_t unix_ms, std::span<const std::uint8_t, 10> random) noexcept {
    CommandId id;
    for (std::size_t i = 0; i < 6; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (40U - 8U * i));
    std::copy(random.begin(), random.end(), id.bytes.begin() + 6);
    return id;
}

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
