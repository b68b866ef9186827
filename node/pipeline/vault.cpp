#include "node/pipeline/vault.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/crypto.hpp"

#include <sodium/crypto_aead_xchacha20poly1305.h>
#include <sodium/crypto_kdf.h>

#include <algorithm>
#include <cstring>

namespace handprint::pipeline {

namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

Bytes associated(std::string_view kind, std::string_view id) {
    Bytes bytes = to_bytes(as_bytes(kind));
    bytes.push_back(0);
    append(bytes, as_bytes(id));
    return bytes;
}

Bytes encrypt_with(const DataKey& key, ByteView plain, ByteView bound, const Random& random) {
    Bytes out(nonce_size + plain.size() + tag_size);
    random(std::span(out).first(nonce_size));
    unsigned long long written = 0;
    const int done = crypto_aead_xchacha20poly1305_ietf_encrypt(
        out.data() + nonce_size,
        &written,
        plain.data(),
        plain.size(),
        bound.data(),
        bound.size(),
        nullptr,
        out.data(),
        key.data()
    );
    HP_CHECK(done == 0 && written == plain.size() + tag_size, "encryption cannot fail");
    return out;
}

Result<Bytes> decrypt_with(const DataKey& key, ByteView sealed, ByteView bound) {
    if (sealed.size() < nonce_size + tag_size) return fail("a sealed value is too short");
    Bytes out(sealed.size() - nonce_size - tag_size);
    unsigned long long written = 0;
    const int done = crypto_aead_xchacha20poly1305_ietf_decrypt(
        out.data(),
        &written,
        nullptr,
        sealed.data() + nonce_size,
        sealed.size() - nonce_size,
        bound.data(),
        bound.size(),
        sealed.data(),
        key.data()
    );
    if (done != 0) return fail("a sealed value does not open under this key");
    return out;
}

DataKey derived(const DataKey& key, std::uint64_t number, const char (&context)[9]) {
    DataKey out{};
    static_assert(crypto_kdf_KEYBYTES == std::tuple_size_v<DataKey>);
    crypto_kdf_derive_from_key(out.data(), out.size(), number, context, key.data());
    return out;
}

} // namespace

Vault::Vault(DataKey key, Random random)
    : key_(key), name_salt_(derived(key, 2, "hp-names")), random_(std::move(random)) {}

store::SecretRecord Vault::seal(std::string_view kind, std::string_view id, ByteView plain) const {
    return {
        std::string(kind), std::string(id), encrypt_with(key_, plain, associated(kind, id), random_)
    };
}

Result<Bytes> Vault::open(std::string_view kind, std::string_view id, ByteView sealed) const {
    return decrypt_with(key_, sealed, associated(kind, id));
}

Result<std::optional<Bytes>>
Vault::read(store::Store& store, std::string_view kind, std::string_view id) const {
    auto found = store.secret(kind, id);
    if (!found) return unexpected(found.error());
    if (!*found) return std::optional<Bytes>{};
    auto plain = open(kind, id, **found);
    if (!plain) return unexpected(plain.error());
    return std::optional<Bytes>(std::move(*plain));
}

Vault::Blob Vault::encrypt(ByteView plain) const {
    Blob blob;
    random_(blob.key);
    blob.ciphertext = encrypt_with(blob.key, plain, {}, random_);
    blob.address = sha256(blob.ciphertext);
    return blob;
}

Result<Bytes> Vault::decrypt(const DataKey& key, ByteView ciphertext) {
    return decrypt_with(key, ciphertext, {});
}

store::SecretRecord Vault::seal_pointer(
    std::string_view kind, std::string_view id, Int blob, const DataKey& key
) const {
    Bytes plain;
    put_u64(plain, static_cast<std::uint64_t>(blob));
    append(plain, key);
    return seal(kind, id, plain);
}

Result<Vault::Pointer> Vault::read_pointer(ByteView plain) {
    const auto number = take_u64(plain);
    const auto key = to_array<32>(plain);
    if (!number || !key) return fail("a blob's pointer has the wrong size");
    return Pointer{static_cast<Int>(*number), *key};
}

Result<std::optional<Bytes>>
Vault::read_blob(store::Store& store, std::string_view kind, std::string_view id) const {
    auto pointer = read(store, kind, id);
    if (!pointer) return unexpected(pointer.error());
    if (!*pointer) return std::optional<Bytes>{};
    const auto to = read_pointer(**pointer);
    if (!to) return unexpected(to.error());
    auto record = store.blob(to->blob);
    if (!record) return unexpected(record.error());
    if (!*record) return fail("a blob is missing");
    if (sha256((*record)->bytes) != (*record)->address) return fail("a blob has been changed");
    auto plain = decrypt(to->key, (*record)->bytes);
    if (!plain) return unexpected(plain.error());
    return std::optional<Bytes>(std::move(*plain));
}

DataKey Vault::mac_key() const {
    return derived(key_, 1, "hp-rows\0");
}

CommandId Vault::command_id(Int now) const {
    std::array<std::uint8_t, 10> random{};
    random_(random);
    return CommandId::at(now, random);
}

Hash Vault::external_hash(std::string_view requester, std::string_view kind, std::string_view name)
    const {
    std::string text(kind);
    text += '/';
    text += name;
    return record::commit(record::commit(name_salt_, requester), text);
}

record::Salt Vault::reference_salt() const {
    return derived(key_, 3, "hp-banks");
}

record::Salt Vault::document_salt(std::string_view party, std::string_view id) const {
    const record::Salt of_party = record::commit(derived(key_, 4, "hp-docus"), party);
    return record::commit(of_party, id);
}

std::string padded(Int number) {
    const std::string digits = std::to_string(number);
    return digits.size() >= 12 ? digits : std::string(12 - digits.size(), '0') + digits;
}

} // namespace handprint::pipeline
