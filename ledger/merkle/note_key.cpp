#include "ledger/base/base64.hpp"
#include "ledger/base/check.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/base/utf8.hpp"
#include "ledger/merkle/note.hpp"

#include <array>
#include <utility>

namespace handprint::merkle {

namespace {

constexpr std::string_view kPrivatePrefix = "PRIVATE+KEY+";

/// "name+hex8+base64(type || 32 bytes)", the shape of public and private key texts.
struct KeyText {
    std::string_view name;
    std::string_view id;
    std::uint8_t type;
    std::array<std::uint8_t, 32> material;
};

Result<KeyText> parse_key_text(std::string_view text) {
    // Only the first two '+' separate: base64 has its own.
    const std::size_t first = text.find('+');
    if (first == std::string_view::npos) return fail("key: no '+' after the name");
    const std::size_t second = text.find('+', first + 1);
    if (second == std::string_view::npos) return fail("key: no '+' after the id");
    KeyText key{};
    key.name = text.substr(0, first);
    key.id = text.substr(first + 1, second - first - 1);
    if (!is_key_name(key.name)) return fail("key: not a key name");
    const Result<Bytes> blob = base64_decode(text.substr(second + 1));
    if (!blob) return fail("key: " + blob.error().what);
    if (blob->empty()) return fail("key: empty");
    key.type = blob->front();
    const auto material = to_array<32>(ByteView(*blob).subspan(1));
    if (!material) return fail("key: not of a type that we can check");
    key.material = *material;
    return key;
}

} // namespace

std::string hex_id(std::uint32_t id) {
    Bytes bytes;
    put_u32(bytes, id);
    return hex_encode(bytes);
}

bool is_key_name(std::string_view name) noexcept {
    if (name.empty() || !is_utf8(name) || has_unicode_space(name)) return false;
    for (const char c : name) {
        if (c == '+' || static_cast<std::uint8_t>(c) < 0x20) return false;
    }
    return true;
}

std::uint32_t key_id(std::string_view name, std::uint8_t type, ByteView key) {
    const std::array<std::uint8_t, 2> middle{'\n', type};
    const Hash hash = sha256({as_bytes(name), middle, key});
    ByteView front = hash;
    return take_u32(front).value();
}

Result<VerifierKey> VerifierKey::parse(std::string_view text) {
    const Result<KeyText> parts = parse_key_text(text);
    if (!parts) return unexpected(parts.error());
    if (parts->type != kEd25519 && parts->type != kCosignatureV1) {
        return fail("key: not of a type that we can check");
    }
    VerifierKey key = make(std::string(parts->name), parts->type, parts->material);
    if (parts->id != hex_id(key.id)) return fail("key: the id is not that of name and key");
    return key;
}

VerifierKey VerifierKey::make(std::string name, std::uint8_t type, const PublicKey& key) {
    HP_CHECK(is_key_name(name), "not a key name");
    const std::uint32_t id = key_id(name, type, key);
    return {std::move(name), id, type, key};
}

std::string VerifierKey::text() const {
    Bytes blob{type};
    append(blob, key);
    return name + "+" + hex_id(id) + "+" + base64_encode(blob);
}

NoteSigner::NoteSigner(std::string name, const KeyPair& pair)
    : key_(VerifierKey::make(std::move(name), kEd25519, pair.public_key())), pair_(pair) {}

Result<NoteSigner> NoteSigner::parse_private(std::string_view text) {
    if (!text.starts_with(kPrivatePrefix)) return fail("key: not a private key");
    const Result<KeyText> parts = parse_key_text(text.substr(kPrivatePrefix.size()));
    if (!parts) return unexpected(parts.error());
    if (parts->type != kEd25519) return fail("key: not a private key of type Ed25519");
    NoteSigner signer(std::string(parts->name), KeyPair::from_seed(parts->material));
    if (parts->id != hex_id(signer.key_.id)) return fail("key: the id is not that of name and key");
    return signer;
}

std::string NoteSigner::private_text() const {
    Bytes blob{kEd25519};
    append(blob, pair_.seed());
    return std::string(kPrivatePrefix) + key_.name + "+" + hex_id(key_.id) + "+"
           + base64_encode(blob);
}

NoteSignature NoteSigner::sign(std::string_view text) const {
    const Signature raw = pair_.sign(as_bytes(text));
    return {key_.name, key_.id, to_bytes(raw)};
}

} // namespace handprint::merkle
