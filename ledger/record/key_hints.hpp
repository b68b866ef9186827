#pragma once

// Public keys by the id that an envelope names as a hint. It is 8 bytes of a hash: somebody who
// wants two keys of one id can make them, so all that share an id are kept, and each is tried.

#include "ledger/record/dsse.hpp"

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace handprint::record {

class KeyHints {
public:
    using IdOf = std::string (*)(const PublicKey& key);

    /// Tests have keys of one id by another way of naming them.
    explicit KeyHints(IdOf id_of = keyid) : id_of_(id_of) {}

    /// A key that is there already changes nothing.
    void add(const PublicKey& key);
    /// Oldest first; valid until the next add().
    [[nodiscard]] std::span<const PublicKey> find(const std::string& id) const;

private:
    IdOf id_of_;
    std::unordered_map<std::string, std::vector<PublicKey>> keys_; // by id
};

/// The first of the keys that verifies, or null.
[[nodiscard]] const PublicKey*
signer_among(const Envelope& envelope, std::span<const PublicKey> keys);

} // namespace handprint::record
