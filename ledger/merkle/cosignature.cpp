#include "ledger/merkle/cosignature.hpp"

#include <utility>

namespace handprint::merkle {

namespace {

std::string signed_message(std::string_view text, std::uint64_t unix_seconds) {
    return "cosignature/v1\ntime " + std::to_string(unix_seconds) + "\n" + std::string(text);
}

} // namespace

Cosigner::Cosigner(std::string name, const KeyPair& pair)
    : key_(VerifierKey::make(std::move(name), kCosignatureV1, pair.public_key())), pair_(pair) {}

Result<NoteSignature>
Cosigner::cosign(const Checkpoint& checkpoint, std::uint64_t unix_seconds) const {
    if (unix_seconds > kMaxCosignatureTime) return fail("cosignature: time too large");
    const Result<std::string> text = format_checkpoint(checkpoint);
    if (!text) return unexpected(text.error());
    const Signature raw = pair_.sign(as_bytes(signed_message(*text, unix_seconds)));
    NoteSignature line{key_.name, key_.id, {}};
    put_u64(line.signature, unix_seconds);
    append(line.signature, raw);
    return line;
}

Result<std::uint64_t>
cosignature_time(std::string_view text, const NoteSignature& signature, const VerifierKey& key) {
    if (key.type != kCosignatureV1 || !key.names(signature)) {
        return fail("cosignature: of another key");
    }
    ByteView rest = signature.signature;
    const Result<std::uint64_t> time = take_u64(rest);
    const Result<Signature> raw = to_array<64>(rest);
    if (!time || !raw) return fail("cosignature: wrong length");
    if (*time > kMaxCosignatureTime) return fail("cosignature: time too large");
    if (!ed25519_verify(key.key, as_bytes(signed_message(text, *time)), *raw)) {
        return fail("cosignature: invalid");
    }
    return *time;
}

} // namespace handprint::merkle
