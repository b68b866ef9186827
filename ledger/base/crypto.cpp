#include "ledger/base/crypto.hpp"

#include "ledger/base/check.hpp"

#include <sodium.h>

namespace handprint {

static_assert(crypto_hash_sha256_BYTES == std::tuple_size_v<Hash>);
static_assert(crypto_sign_PUBLICKEYBYTES == std::tuple_size_v<PublicKey>);
static_assert(crypto_sign_SEEDBYTES == std::tuple_size_v<Seed>);
static_assert(crypto_sign_BYTES == std::tuple_size_v<Signature>);
static_assert(crypto_sign_SECRETKEYBYTES == 64);

void crypto_init() {
    static const bool ready = sodium_init() >= 0;
    HP_CHECK(ready, "libsodium does not start");
}

Hash sha256(ByteView data) {
    return sha256({data});
}

Hash sha256(std::initializer_list<ByteView> parts) {
    Sha256 state;
    for (const ByteView part : parts)
        state.update(part);
    return state.finish();
}

Sha256::Sha256() : state_{} {
    crypto_init();
    crypto_hash_sha256_init(&state_);
}

Sha256& Sha256::update(ByteView data) {
    crypto_hash_sha256_update(&state_, data.data(), data.size());
    return *this;
}

Hash Sha256::finish() {
    Hash out{};
    crypto_hash_sha256_final(&state_, out.data());
    crypto_hash_sha256_init(&state_);
    return out;
}

KeyPair KeyPair::from_seed(const Seed& seed) {
    crypto_init();
    KeyPair pair;
    const int status =
        crypto_sign_seed_keypair(pair.public_key_.data(), pair.secret_.data(), seed.data());
    HP_CHECK(status == 0, "a key pair comes of every seed");
    return pair;
}

KeyPair::~KeyPair() {
    sodium_memzero(secret_.data(), secret_.size());
}

Seed KeyPair::seed() const {
    Seed out{};
    crypto_sign_ed25519_sk_to_seed(out.data(), secret_.data());
    return out;
}

Signature KeyPair::sign(ByteView message) const {
    Signature out{};
    const int status =
        crypto_sign_detached(out.data(), nullptr, message.data(), message.size(), secret_.data());
    HP_CHECK(status == 0, "signing does not fail");
    return out;
}

bool ed25519_verify(const PublicKey& key, ByteView message, const Signature& signature) {
    crypto_init();
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data())
           == 0;
}

bool equal_constant_time(ByteView a, ByteView b) {
    crypto_init();
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace handprint
