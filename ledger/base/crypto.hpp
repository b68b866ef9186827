#pragma once

#include "ledger/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>

struct evp_md_ctx_st; // OpenSSL's EVP_MD_CTX

namespace handprint {

/// Prepares libsodium. Cheap, idempotent, safe from any thread; every function below calls it, so a
/// program calls it only to have the cost (and a failure, which aborts) at start-up.
void crypto_init();

[[nodiscard]] Hash sha256(ByteView data);
/// Of the concatenation of the parts, without building it.
[[nodiscard]] Hash sha256(std::initializer_list<ByteView> parts);

/// SHA-256 of data that arrives in pieces. Not for use by two threads at once.
class Sha256 {
public:
    Sha256();
    Sha256& update(ByteView data);
    /// The hash of all pieces; afterwards the object is as new.
    [[nodiscard]] Hash finish();

private:
    struct Free {
        void operator()(evp_md_ctx_st* context) const;
    };

    std::unique_ptr<evp_md_ctx_st, Free> context_;
};

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;
using Seed = std::array<std::uint8_t, 32>;

/// An Ed25519 key pair (RFC 8032). The secret is wiped when the object goes.
class KeyPair {
public:
    [[nodiscard]] static KeyPair from_seed(const Seed& seed);

    KeyPair(const KeyPair&) = default;
    KeyPair& operator=(const KeyPair&) = default;
    ~KeyPair();

    [[nodiscard]] const PublicKey& public_key() const noexcept { return public_key_; }

    /// The secret itself, for writing a key file.
    [[nodiscard]] Seed seed() const;
    /// Deterministic: the same message gives the same signature.
    [[nodiscard]] Signature sign(ByteView message) const;

private:
    KeyPair() = default;

    PublicKey public_key_{};
    std::array<std::uint8_t, 64> secret_{}; // libsodium's form: seed, then public key
};

/// libsodium's crypto_sign_verify_detached, which is our rule for "valid": cofactorless, S < L,
/// canonical encoding of the key, no key or R of small order. Any other verifier of this ledger
/// must decide the same way.
[[nodiscard]] bool
ed25519_verify(const PublicKey& key, ByteView message, const Signature& signature);

/// Whether anybody can have made it a key: a canonical point of the prime-order group. Under any
/// other ed25519_verify() would hold nothing, or could hold for nobody's signature.
[[nodiscard]] bool ed25519_is_key(const PublicKey& key);

} // namespace handprint
