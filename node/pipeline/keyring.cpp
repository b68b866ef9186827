#include "node/pipeline/keyring.hpp"

#include "ledger/base/base64.hpp"

namespace handprint::pipeline {

void KeyRing::add(const market::KeyRow& row) {
    const auto key = base64_to_array<32>(row.key);
    if (!key) return;
    const std::unique_lock lock(mutex_);
    hints_.add(*key);
    keys_[row.key] = row;
}

std::vector<PublicKey> KeyRing::hinted(const std::string& keyid) const {
    const std::shared_lock lock(mutex_);
    const auto keys = hints_.find(keyid);
    return {keys.begin(), keys.end()};
}

std::optional<market::KeyRow> KeyRing::of_key(const std::string& key) const {
    const std::shared_lock lock(mutex_);
    const auto at = keys_.find(key);
    if (at == keys_.end()) return std::nullopt;
    return at->second;
}

} // namespace handprint::pipeline
