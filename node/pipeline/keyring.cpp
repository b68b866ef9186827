#include "node/pipeline/keyring.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/dsse.hpp"

namespace handprint::pipeline {

namespace {

std::optional<std::string> id_of(const std::string& text) {
    const auto bytes = base64_decode(text);
    if (!bytes) return std::nullopt;
    const auto key = to_array<32>(*bytes);
    if (!key) return std::nullopt;
    return record::keyid(*key);
}

} // namespace

void KeyRing::add(const market::KeyRow& row) {
    auto id = id_of(row.key);
    if (!id) return;
    const std::unique_lock lock(mutex_);
    keys_[std::move(*id)] = row;
}

std::optional<market::KeyRow> KeyRing::of_key(const std::string& key) const {
    const auto id = id_of(key);
    auto row = id ? find(*id) : std::nullopt;
    if (row && row->key != key) row.reset();
    return row;
}

std::optional<market::KeyRow> KeyRing::find(std::string_view keyid) const {
    const std::shared_lock lock(mutex_);
    const auto at = keys_.find(std::string(keyid));
    if (at == keys_.end()) return std::nullopt;
    return at->second;
}

} // namespace handprint::pipeline
