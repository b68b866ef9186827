#include "node/store/row_codec.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/crypto.hpp"

#include <sodium.h>

#include <limits>

namespace handprint::store {

namespace {

void append_length(Bytes& out, std::size_t length) {
    HP_CHECK(length <= std::numeric_limits<std::uint32_t>::max(), "a cell is below 4 GiB");
    put_u32(out, static_cast<std::uint32_t>(length));
}

} // namespace

void append_cell(Bytes& out, Int value) {
    append_length(out, 8);
    put_u64(out, static_cast<std::uint64_t>(value));
}

void append_cell(Bytes& out, std::string_view value) {
    append_length(out, value.size());
    append(out, as_bytes(value));
}

void append_cell(Bytes& out, const Hash& value) {
    append_length(out, value.size());
    append(out, value);
}

Hash mac_of(const MacKey& key, ByteView row) {
    static constexpr std::string_view domain = "handprint/operational-row/v1";
    static_assert(std::tuple_size_v<MacKey> == crypto_generichash_KEYBYTES);
    crypto_init();
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.data(), key.size(), std::tuple_size_v<Hash>);
    crypto_generichash_update(&state, as_bytes(domain).data(), domain.size());
    crypto_generichash_update(&state, row.data(), row.size());
    Hash out{};
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

} // namespace handprint::store
