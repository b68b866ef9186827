#include "node/routes/challenges.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/crypto.hpp"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>

#include <tuple>

namespace handprint::routes {

using Int = std::int64_t;

namespace {

constexpr std::size_t head_bytes = 16, tag_bytes = 16;

} // namespace

Bytes Challenges::tag(ByteView head, std::string_view key) const {
    static_assert(std::tuple_size_v<Hash> == crypto_generichash_KEYBYTES);
    static_assert(tag_bytes == crypto_generichash_BYTES_MIN);
    crypto_init();
    crypto_generichash_state state;
    crypto_generichash_init(&state, secret_.data(), secret_.size(), tag_bytes);
    crypto_generichash_update(&state, head.data(), head.size());
    crypto_generichash_update(&state, as_bytes(key).data(), key.size());
    Bytes out(tag_bytes);
    crypto_generichash_final(&state, out.data(), out.size());
    return out;
}

Challenge Challenges::make(std::string_view key, std::uint64_t random, Int now) const {
    const Int expires = now + lasts_ms;
    Bytes bytes;
    put_u64(bytes, static_cast<std::uint64_t>(expires));
    put_u64(bytes, random);
    append(bytes, tag(bytes, key));
    return {base64_encode(bytes), expires};
}

bool Challenges::take(std::string_view text, std::string_view key, Int now) {
    const auto bytes = base64_decode(text);
    if (!bytes || bytes->size() != head_bytes + tag_bytes) return false;
    ByteView head = ByteView(*bytes).first(head_bytes);
    if (sodium_memcmp(tag(head, key).data(), bytes->data() + head_bytes, tag_bytes) != 0)
        return false;
    const auto expires = static_cast<Int>(take_u64(head).value_or(0));
    if (expires <= now) return false;
    const std::lock_guard lock(mutex_);
    while (!used_.empty() && used_.begin()->first <= now)
        used_.erase(used_.begin());
    return used_.emplace(expires, text).second;
}

std::size_t Challenges::remembered() {
    const std::lock_guard lock(mutex_);
    return used_.size();
}

} // namespace handprint::routes
