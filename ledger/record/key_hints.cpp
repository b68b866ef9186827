#include "ledger/record/key_hints.hpp"

#include <algorithm>

namespace handprint::record {

void KeyHints::add(const PublicKey& key) {
    auto& same = keys_[id_of_(key)];
    if (std::ranges::find(same, key) == same.end()) same.push_back(key);
}

std::span<const PublicKey> KeyHints::find(const std::string& id) const {
    const auto at = keys_.find(id);
    if (at == keys_.end()) return {};
    return at->second;
}

const PublicKey* signer_among(const Envelope& envelope, std::span<const PublicKey> keys) {
    if (keys.empty()) return nullptr;
    const Bytes message = pae(envelope.payload_type, envelope.payload);
    for (const PublicKey& key : keys) {
        if (ed25519_verify(key, message, envelope.signature)) return &key;
    }
    return nullptr;
}

} // namespace handprint::record
