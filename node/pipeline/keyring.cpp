#include "node/pipeline/keyring.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/dsse.hpp"

namespace handprint::pipeline {

void KeyRing::add(const market::KeyRow& row) {
    const auto bytes = base64_decode(row.key);
    if (!bytes) return;
    const auto key = to_array<32>(*bytes);
    if (!key) return;
    std::string id = record::keyid(*key);
    const std::unique_lock lock(mutex_);
    keys_[std::move(id)] = row;
}

std::optional<market::KeyRow> KeyRing::find(std::string_view keyid) const {
    const std::shared_lock lock(mutex_);
    const auto at = keys_.find(std::string(keyid));
    if (at == keys_.end()) return std::nullopt;
    return at->second;
}

} // namespace handprint::pipeline
