#pragma once

// Files that hold one key of a person or a delegate: one line, `handprint-key-v1 <party> <seed>`,
// the seed in base64, readable by its owner only.

#include "node/keys/secret_file.hpp"

#include <string>
#include <string_view>

namespace handprint::client {

struct PartyKey {
    std::string party; // "m:12", "r:3", "d:0", or "new" before the node gave a number
    KeyPair key;
};

using keys::new_key;

/// Writes a file that did not exist, mode 0600, and waits until it is on disk.
[[nodiscard]] Result<void>
write_key_file(const std::string& path, std::string_view party, const KeyPair& key);

/// The same key in the same file, durably, now that the node has given its party a number.
[[nodiscard]] Result<void>
rename_party(const std::string& path, std::string_view party, const KeyPair& key);

/// Failure also if others than the owner can read the file.
[[nodiscard]] Result<PartyKey> read_key_file(const std::string& path);

} // namespace handprint::client
