#pragma once

#include "ledger/merkle/note.hpp"

#include <string>
#include <string_view>

// The key of a log is replaced and its origin kept.

namespace handprint::merkle {

inline constexpr std::string_view kKeyChangeDomain = "handprint/log-key/v1";

/// Both keys carry the log's origin as their name.
struct KeyChange {
    VerifierKey old_key, new_key;
};

/// A signed note of three lines: kKeyChangeDomain, the old verifier key, the new one. Both
/// keys sign it: the old one gives its log away, the new one is there to take it. Failure unless
/// they are two keys of one name.
[[nodiscard]] Result<std::string>
sign_key_change(const NoteSigner& old_key, const NoteSigner& new_key);

/// Failure unless the note is one of sign_key_change().
[[nodiscard]] Result<KeyChange> read_key_change(std::string_view note);

/// The policy with this key for the log of its name, and every other line as it was. Failure if the
/// policy knows no such log.
[[nodiscard]] Result<std::string> with_log_key(std::string_view policy, const VerifierKey& key);

} // namespace handprint::merkle
