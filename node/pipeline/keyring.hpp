#pragma once

// Public keys and whose they are, for the signature check on I/O threads. It may lag behind the
// state: whether a key is still valid and for whom is decided in the sequencer. Thread-safe.

#include "ledger/record/key_hints.hpp"
#include "node/market/rows.hpp"

#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace handprint::pipeline {

class KeyRing {
public:
    explicit KeyRing(record::KeyHints hints = record::KeyHints()) : hints_(std::move(hints)) {}

    void add(const market::KeyRow& row);
    /// All keys with the id that an envelope gives as a hint.
    [[nodiscard]] std::vector<PublicKey> hinted(const std::string& keyid) const;
    /// By the whole key, in base64.
    [[nodiscard]] std::optional<market::KeyRow> of_key(const std::string& key) const;

private:
    mutable std::shared_mutex mutex_;
    record::KeyHints hints_;
    std::unordered_map<std::string, market::KeyRow> keys_; // by key, in base64
};

} // namespace handprint::pipeline
