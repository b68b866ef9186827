#include "ledger/base/crypto.hpp"
#include "ledger/base/hex.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include <string>

using namespace handprint;

namespace {

template <std::size_t N>
std::array<std::uint8_t, N> unhex(std::string_view text) {
    return to_array<N>(hex_decode(text).value()).value();
}

struct Rfc8032 {
    const char* seed;
    const char* key;
    const char* message;
    const char* signature;
};

// RFC 8032 section 7.1, TEST 1 to 3.
constexpr Rfc8032 kRfc8032[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "6"
     "594a7c15e9716ed28dc027beceea1ec40a"},
};

/// S + L: the same scalar, written a second way.
Signature with_larger_scalar(Signature signature) {
    const auto order =
        unhex<32>("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned sum = signature[32 + i] + order[i] + carry;
        signature[32 + i] = static_cast<std::uint8_t>(sum & 0xffU);
        carry = sum >> 8U;
    }
    REQUIRE(carry == 0);
    return signature;
}

Hash sha512_scalar(std::initializer_list<ByteView> parts) {
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    for (const ByteView part : parts)
        crypto_hash_sha512_update(&state, part.data(), part.size());
    std::array<std::uint8_t, 64> wide{};
    crypto_hash_sha512_final(&state, wide.data());
    Hash scalar{};
    crypto_core_ed25519_scalar_reduce(scalar.data(), wide.data());
    return scalar;
}

/// A signature with the nonce r of the caller's choice: R = r * B, S = r + h * a. Satisfies the
/// group equation for every r, also for r = 0, where R is the identity.
Signature sign_with_nonce(const KeyPair& pair, ByteView message, std::uint8_t nonce) {
    const Seed seed = pair.seed();
    std::array<std::uint8_t, 64> clamped{};
    crypto_hash_sha512(clamped.data(), seed.data(), seed.size());
    std::fill(clamped.begin() + 32, clamped.end(), std::uint8_t{0});
    clamped[0] &= 248U;
    clamped[31] = static_cast<std::uint8_t>((clamped[31] & 63U) | 64U);
    Hash a{};
    crypto_core_ed25519_scalar_reduce(a.data(), clamped.data());

    Hash r{};
    r[0] = nonce;
    Hash point{};
    point[0] = 1; // the identity, which libsodium does not compute
    if (nonce != 0) REQUIRE(crypto_scalarmult_ed25519_base_noclamp(point.data(), r.data()) == 0);
    const Hash h = sha512_scalar({point, pair.public_key(), message});
    Hash s{};
    crypto_core_ed25519_scalar_mul(s.data(), h.data(), a.data());
    crypto_core_ed25519_scalar_add(s.data(), s.data(), r.data());

    Signature signature{};
    std::copy(point.begin(), point.end(), signature.begin());
    std::copy(s.begin(), s.end(), signature.begin() + 32);
    return signature;
}

} // namespace

TEST_CASE("sha256: FIPS 180-4 examples, one piece or many") {
    CHECK(
        hex_encode(sha256(ByteView{}))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    CHECK(
        hex_encode(sha256(as_bytes("abc")))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    CHECK(sha256({as_bytes("a"), ByteView{}, as_bytes("bc")}) == sha256(as_bytes("abc")));

    Sha256 stream;
    for (int i = 0; i < 1000; ++i)
        stream.update(as_bytes(std::string(1000, 'a')));
    CHECK(
        hex_encode(stream.finish())
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
    CHECK(stream.update(as_bytes("abc")).finish() == sha256(as_bytes("abc")));
}

TEST_CASE("ed25519: RFC 8032 tests 1 to 3") {
    for (const Rfc8032& t : kRfc8032) {
        CAPTURE(t.seed);
        const KeyPair pair = KeyPair::from_seed(unhex<32>(t.seed));
        const Bytes message = hex_decode(t.message).value();
        CHECK(hex_encode(pair.public_key()) == t.key);
        CHECK(hex_encode(pair.seed()) == t.seed);
        CHECK(hex_encode(pair.sign(message)) == t.signature);
        CHECK(ed25519_verify(unhex<32>(t.key), message, unhex<64>(t.signature)));
    }
}

TEST_CASE("ed25519: one flipped bit anywhere is refused") {
    const Rfc8032& t = kRfc8032[2];
    const Bytes message = hex_decode(t.message).value();
    for (std::size_t bit = 0; bit < 64 * 8; ++bit) {
        Signature signature = unhex<64>(t.signature);
        signature[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        CHECK_FALSE(ed25519_verify(unhex<32>(t.key), message, signature));
    }
    for (std::size_t bit = 0; bit < 16; ++bit) {
        Bytes other = message;
        other[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        CHECK_FALSE(ed25519_verify(unhex<32>(t.key), other, unhex<64>(t.signature)));
    }
    CHECK_FALSE(ed25519_verify(unhex<32>(kRfc8032[1].key), message, unhex<64>(t.signature)));
}

TEST_CASE("ed25519: S not below the group order is refused") {
    for (const Rfc8032& t : kRfc8032) {
        const Signature twin = with_larger_scalar(unhex<64>(t.signature));
        CHECK_FALSE(ed25519_verify(unhex<32>(t.key), hex_decode(t.message).value(), twin));
    }
}

TEST_CASE("ed25519: a key of small order or not in canonical form signs nothing") {
    // R is the base point and S is 1: with the identity as key, the group equation holds for every
    // message, so a verifier without this rule would accept "signatures" nobody made.
    Signature universal{};
    universal.fill(0x66);
    universal[0] = 0x58;
    std::fill(universal.begin() + 32, universal.end(), std::uint8_t{0});
    universal[32] = 1;
    for (const char* key : {
             "0100000000000000000000000000000000000000000000000000000000000000", // order 1
             "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // order 2
             "0000000000000000000000000000000000000000000000000000000000000000", // order 4
             "0000000000000000000000000000000000000000000000000000000000000080", // order 4
             "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", // order 8
             "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", // order 8
             "0100000000000000000000000000000000000000000000000000000000000080", // x = 0, sign 1
             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p
             "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // y = p + 1
             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // y = 2^255 - 1
         }) {
        CAPTURE(key);
        // Over several messages, as for an order of 8 the equation holds for one in eight.
        for (int i = 0; i < 64; ++i) {
            CHECK_FALSE(
                ed25519_verify(unhex<32>(key), as_bytes("message " + std::to_string(i)), universal)
            );
        }
    }
}

TEST_CASE("ed25519: R of small order is refused even from the key's owner") {
    const KeyPair pair = KeyPair::from_seed(unhex<32>(kRfc8032[0].seed));
    const ByteView message = as_bytes("pay");
    CHECK(ed25519_verify(pair.public_key(), message, sign_with_nonce(pair, message, 5)));
    CHECK_FALSE(ed25519_verify(pair.public_key(), message, sign_with_nonce(pair, message, 0)));
}
