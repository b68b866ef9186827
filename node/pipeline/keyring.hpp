#pragma once

// Public keys by their DSSE key id, for the signature check on I/O threads. It may lag behind the
// state: whether a key is still valid and for whom is decided in the sequencer. Thread-safe.

#include "node/market/rows.hpp"

#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace handprint::pipeline {

class KeyRing {
public:
    void add(const market::KeyRow& row);
    /// The newest key with that id.
    [[nodiscard]] std::optional<market::KeyRow> find(std::string_view keyid) const;
    /// By the whole key, in base64.
    [[nodiscard]] std::optional<market::KeyRow> of_key(const std::string& key) const;

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<std::string, market::KeyRow> keys_;
};

} // namespace handprint::pipeline
