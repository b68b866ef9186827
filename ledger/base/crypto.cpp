#include "ledger/base/crypto.hpp"

#include "ledger/base/check.hpp"

#include <openssl/evp.h>
#include <sodium.h>

namespace handprint {

static_assert(crypto_sign_PUBLICKEYBYTES == std::tuple_size_v<PublicKey>);
static_assert(crypto_sign_SEEDBYTES == std::tuple_size_v<Seed>);
static_assert(crypto_sign_BYTES == std::tuple_size_v<Signature>);
static_assert(crypto_sign_SECRETKEYBYTES == 64);

void crypto_init() {
    static const bool ready = sodium_init() >= 0;
    HP_CHECK(ready, "libsodium does not start");
}

namespace {

// OpenSSL's SHA-256 uses the processor's own instructions, which libsodium's does not: a quarter of
// the time for a kilobyte.
const EVP_MD* sha256_method() {
    static const EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    HP_CHECK(method != nullptr, "OpenSSL has SHA-256");
    return method;
}

void begin(EVP_MD_CTX* context) {
    HP_CHECK(EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1, "a digest begins");
}

void add(EVP_MD_CTX* context, ByteView data) {
    HP_CHECK(EVP_DigestUpdate(context, data.data(), data.size()) == 1, "a digest goes on");
}

Hash end(EVP_MD_CTX* context) {
    Hash out{};
    unsigned size = 0;
    HP_CHECK(EVP_DigestFinal_ex(context, out.data(), &size) == 1, "a digest ends");
    HP_CHECK(size == out.size(), "SHA-256 has 32 bytes");
    return out;
}

} // namespace

Hash sha256(ByteView data) {
    return sha256({data});
}

Hash sha256(std::initializer_list<ByteView> parts) {
    thread_local Sha256 digest;
    for (const ByteView part : parts)
        digest.update(part);
    return digest.finish();
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    HP_CHECK(context_ != nullptr, "memory for a digest");
    begin(context_.get());
}

Sha256& Sha256::update(ByteView data) {
    add(context_.get(), data);
    return *this;
}

Hash Sha256::finish() {
    const Hash out = end(context_.get());
    begin(context_.get());
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

bool ed25519_is_key(const PublicKey& key) {
    crypto_init();
    return crypto_core_ed25519_is_valid_point(key.data()) == 1;
}

bool ed25519_verify(const PublicKey& key, ByteView message, const Signature& signature) {
    crypto_init();
    return crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data())
           == 0;
}

} // namespace handprint
