#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "tests/vectors/vector_files.hpp"
#include "tests/vectors/world.hpp"

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace handprint::vectors {

using namespace record;

namespace {

using Scalar = std::array<std::uint8_t, 32>;
using Point = std::array<std::uint8_t, 32>;

constexpr const char* kType = "application/vnd.handprint.command.v1+json";

Scalar reduce(ByteView wide) {
    Scalar out{};
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
}

/// SHA-512(pieces) mod L.
Scalar hash_to_scalar(std::initializer_list<ByteView> pieces) {
    Bytes all;
    for (const ByteView piece : pieces)
        append(all, piece);
    std::array<std::uint8_t, 64> hash{};
    crypto_hash_sha512(hash.data(), all.data(), all.size());
    return reduce(hash);
}

/// The scalar behind key_pair(number), modulo L.
Scalar secret_of(std::uint8_t number) {
    std::array<std::uint8_t, 32> seed{};
    seed.fill(number);
    std::array<std::uint8_t, 64> hash{};
    crypto_hash_sha512(hash.data(), seed.data(), seed.size());
    hash[0] &= 248U;
    hash[31] &= 127U;
    hash[31] |= 64U;
    std::array<std::uint8_t, 64> wide{};
    std::copy_n(hash.begin(), 32, wide.begin());
    return reduce(wide);
}

Point identity() {
    Point out{};
    out[0] = 1;
    return out;
}

Point times_base(const Scalar& scalar) {
    Point out{};
    const int status = crypto_scalarmult_ed25519_base_noclamp(out.data(), scalar.data());
    HP_CHECK(status == 0, "a scalar that is not zero");
    return out;
}

/// R and S for a nonce, a secret and the key that the verifier hashes.
Signature forge(
    const Point& r, const Scalar& nonce, const Scalar& secret, const Point& key, ByteView message
) {
    const Scalar h = hash_to_scalar({r, key, message});
    Scalar product{};
    crypto_core_ed25519_scalar_mul(product.data(), h.data(), secret.data());
    Scalar s{};
    crypto_core_ed25519_scalar_add(s.data(), product.data(), nonce.data());
    Signature out{};
    std::copy(r.begin(), r.end(), out.begin());
    std::copy(s.begin(), s.end(), out.begin() + 32);
    return out;
}

/// S + L in place of S: the same equation, another text.
Signature with_large_s(Signature signature) {
    constexpr std::array<std::uint8_t, 16> kLow = {
        0xed,
        0xd3,
        0xf5,
        0x5c,
        0x1a,
        0x63,
        0x12,
        0x58,
        0xd6,
        0x9c,
        0xf7,
        0xa2,
        0xde,
        0xf9,
        0xde,
        0x14
    };
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned digit = i < 16 ? kLow[i] : i == 31 ? 0x10U : 0U;
        const unsigned sum = signature[32 + i] + digit + carry;
        signature[32 + i] = static_cast<std::uint8_t>(sum & 0xffU);
        carry = sum >> 8U;
    }
    return signature;
}

Json row(const char* name, const Envelope& envelope, const PublicKey& key, bool valid) {
    return Json::object(
        {{"envelope", to_json(envelope)},
         {"key", to_json(key)},
         {"keyid", keyid(key)},
         {"name", name},
         {"valid", valid}}
    );
}

/// A key with a component of order 8 and a signature that only a cofactored check takes.
Json mixed_order_row() {
    const Bytes torsion =
        hex_decode("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a").value();
    const PublicKey honest = key_pair(1).public_key();
    PublicKey key{};
    const int status = crypto_core_ed25519_add(key.data(), honest.data(), torsion.data());
    HP_CHECK(status == 0, "both are points");
    const Scalar nonce = secret_of(77);
    const Point r = times_base(nonce);
    for (int attempt = 0;; ++attempt) {
        Envelope envelope{kType, "attempt " + std::to_string(attempt), keyid(key), {}};
        const Bytes message = pae(kType, envelope.payload);
        if ((hash_to_scalar({r, key, message})[0] & 7U) == 0) continue;
        envelope.signature = forge(r, nonce, secret_of(1), key, message);
        return row("valid with cofactor only", envelope, key, false);
    }
}

Json signature_rows() {
    const KeyPair pair = key_pair(1);
    const Envelope good = sign(kType, R"({"a":1})", pair);
    const auto changed = [&](auto change) {
        Envelope envelope = good;
        change(envelope);
        return envelope;
    };
    const Bytes message = pae(kType, good.payload);
    const Scalar nonce = secret_of(77);
    Json::Array rows = {
        row("good", good, pair.public_key(), true),
        row("empty body", sign(kType, "", pair), pair.public_key(), true),
        row("body of many bytes",
            sign(kType, std::string(1'000, '\xff'), pair),
            pair.public_key(),
            true),
        row("wrong hint, good key",
            changed([](Envelope& e) { e.keyid = "0000000000000000"; }),
            pair.public_key(),
            true),
        row("another key", good, key_pair(2).public_key(), false),
        row("another type",
            changed([](Envelope& e) { e.payload_type = "text/plain"; }),
            pair.public_key(),
            false),
        row("another body", changed([](Envelope& e) { e.payload += " "; }), pair.public_key(), false
        ),
        row("flipped bit",
            changed([](Envelope& e) { e.signature[5] ^= 1U; }),
            pair.public_key(),
            false),
        row("S not below L",
            changed([](Envelope& e) { e.signature = with_large_s(e.signature); }),
            pair.public_key(),
            false),
        row("key of small order",
            changed([&](Envelope& e) {
                e.signature = forge(times_base(nonce), nonce, Scalar{}, identity(), message);
            }),
            identity(),
            false),
        row("R of small order",
            changed([&](Envelope& e) {
                e.signature = forge(identity(), Scalar{}, secret_of(1), pair.public_key(), message);
            }),
            pair.public_key(),
            false),
    };
    rows.push_back(mixed_order_row());
    return Json(std::move(rows));
}

Json pae_row(const char* type, const std::string& body) {
    return Json::object({{"body", body}, {"pae", hex_encode(pae(type, body))}, {"type", type}});
}

Json shape_rows() {
    const Json good = to_json(sign(kType, "x", key_pair(1)));
    const Json one = good.at("signatures").items().front();
    const auto with = [&](const char* name, const char* key, Json value) {
        return Json::object({{"envelope", Json(good).set(key, std::move(value))}, {"name", name}});
    };
    return Json::array(
        {with("no signature", "signatures", Json::Array{}),
         with("two signatures", "signatures", Json::array({one, one})),
         with("signature too short", "signatures", Json::array({Json(one).set("sig", "AAAA")})),
         with("base64 without padding", "payload", "eA"),
         with("base64 with loose bits", "payload", "eB=="),
         with("URL-safe base64", "payload", "_-8="),
         with("unknown key", "extra", 1)}
    );
}

} // namespace

Json dsse_vectors() {
    crypto_init();
    return Json::object(
        {{"envelopes", signature_rows()},
         {"malformed", shape_rows()},
         {"pae",
          Json::array(
              {pae_row("http://example.com/HelloWorld", "hello world"),
               pae_row(kType, ""),
               pae_row(kType, "\xf0\x9f\x92\xb6")}
          )}}
    );
}

} // namespace handprint::vectors
