#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/chain.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/key_hints.hpp"
#include "ledger/record/party.hpp"

#include <doctest/doctest.h>

#include <string>

namespace {

using namespace handprint;
using namespace handprint::record;

KeyPair key_of(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

} // namespace

TEST_CASE("a commitment is the vector of the format") {
    Salt salt{};
    salt.fill(0x11);
    CHECK(
        hex_encode(commit(salt, R"({"payee":"m-42","task":"t1"})"))
        == "08310059765c822e0b46ae1b7dd52987463af41b2c06189b0af5c7e65349bdc0"
    );
}

TEST_CASE("a tag separates hashes of the same bytes") {
    CHECK(terms_hash("{}") == tagged(kTermsDomain, as_bytes("{}")));
    CHECK(tagged(kTermsDomain, as_bytes("{}")) != tagged(kChainDomain, as_bytes("{}")));
    const Bytes preimage = to_bytes(as_bytes(std::string_view("handprint/terms/v1\0{}", 21)));
    CHECK(tagged(kTermsDomain, as_bytes("{}")) == sha256(preimage));
}

TEST_CASE("a chain hashes member, counter, head and leaf") {
    Hash leaf{};
    leaf.fill(7);
    const ChainHead one = extend(12, {}, leaf);
    CHECK(one.counter == 1);
    Bytes preimage = to_bytes(as_bytes(std::string_view("handprint/chain/v1\0", 19)));
    put_u64(preimage, 12);
    put_u64(preimage, 1);
    append(preimage, Hash{});
    append(preimage, leaf);
    CHECK(one.hash == sha256(preimage));
    CHECK(extend(12, one, leaf).hash != one.hash);
    CHECK(extend(13, {}, leaf).hash != one.hash);
}

TEST_CASE("parties have one text each") {
    for (const char* text : {"m:0", "m:12", "r:3", "d:0", "clock", "new", "m:9007199254740991"}) {
        const auto party = Party::parse(text);
        REQUIRE(party.has_value());
        CHECK(party->text() == text);
    }
    for (const char* text :
         {"", "m", "m:", "m:01", "m:-1", "x:1", "clock:0", "M:1", "m:9007199254740992", "m:1 "}) {
        CHECK(!Party::parse(text).has_value());
    }
}

TEST_CASE("the signed bytes of DSSE are those of its specification") {
    CHECK(
        as_text(pae("http://example.com/HelloWorld", "hello world"))
        == "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
}

TEST_CASE("an envelope survives its text and verifies under its key alone") {
    const KeyPair key = key_of(1);
    const Envelope envelope = sign(kCommandType, R"({"a":1})", key);
    const std::string text = to_json(envelope).encode();
    const auto back = parse_envelope(text, JsonMode::canonical);
    REQUIRE(back.has_value());
    CHECK(*back == envelope);
    CHECK(verify(*back, key.public_key()));
    CHECK(!verify(*back, key_of(2).public_key()));
    CHECK(back->keyid == keyid(key.public_key()));

    const std::vector<PublicKey> keys = {key_of(2).public_key(), key.public_key()};
    CHECK(verify_any(*back, keys));
    Envelope other = *back;
    other.keyid = keyid(key_of(2).public_key());
    CHECK_MESSAGE(verify_any(other, keys), "the hint is not trusted");
    other.payload_type = kPromiseType;
    CHECK(!verify_any(other, keys));
    other = *back;
    other.payload += " ";
    CHECK(!verify_any(other, keys));
}

TEST_CASE("of keys with one id, each is tried") {
    KeyHints hints([](const PublicKey&) { return std::string("one"); });
    const KeyPair first = key_of(1);
    const KeyPair second = key_of(2);
    const KeyPair stranger = key_of(3);
    for (const KeyPair* key : {&first, &second, &first})
        hints.add(key->public_key());
    REQUIRE(hints.find("one").size() == 2);
    CHECK(hints.find("two").empty());
    for (const KeyPair* key : {&first, &second}) {
        const Envelope envelope = sign(kCommandType, "x", *key);
        const PublicKey* signer = signer_among(envelope, hints.find("one"));
        REQUIRE(signer != nullptr);
        CHECK(*signer == key->public_key());
    }
    CHECK(signer_among(sign(kCommandType, "x", stranger), hints.find("one")) == nullptr);
    CHECK(signer_among(sign(kCommandType, "x", first), {}) == nullptr);
    KeyHints plain;
    plain.add(first.public_key());
    CHECK(plain.find(keyid(first.public_key())).size() == 1);
}

TEST_CASE("an envelope of another shape is refused") {
    const Json good = to_json(sign(kCommandType, "x", key_of(1)));
    const auto refuses = [&](auto change) {
        Json json = good;
        change(json);
        return !envelope_from_json(json).has_value();
    };
    CHECK(refuses([](Json& j) { j.set("extra", 1); }));
    CHECK(refuses([](Json& j) { j.set("payload", 1); }));
    CHECK(refuses([](Json& j) { j.set("payload", "eA"); }));
    CHECK(refuses([](Json& j) { j.set("signatures", Json::Array{}); }));
    CHECK(refuses([](Json& j) {
        const Json one = j.at("signatures").items().front();
        j.set("signatures", Json::array({one, one}));
    }));
    CHECK(refuses([](Json& j) {
        j.set("signatures", Json::array({Json::object({{"keyid", "x"}, {"sig", "AAAA"}})}));
    }));
    CHECK(!envelope_from_json(Json()).has_value());
}
