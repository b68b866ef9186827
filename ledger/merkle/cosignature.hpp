#pragma once

#include "ledger/merkle/checkpoint.hpp"
#include "ledger/merkle/note.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// c2sp.org/tlog-cosignature, version 1 (Ed25519, type 0x04).

namespace handprint::merkle {

/// The largest time that a cosignature may carry, in Unix seconds. The format allows up to 2^63 - 1
/// and lets a verifier refuse the future; ours stops where every JSON reader is still exact.
inline constexpr std::uint64_t kMaxCosignatureTime = (std::uint64_t{1} << 53U) - 1;

/// A witness's key. What it signs does not name the witness, so a key must serve one witness and
/// nothing else.
class Cosigner {
public:
    /// Aborts unless `name` is a key name.
    Cosigner(std::string name, const KeyPair& pair);

    [[nodiscard]] const VerifierKey& key() const noexcept { return key_; }

    /// "As of `unix_seconds` this is the largest tree of that origin that I saw and found
    /// consistent." Signs the three lines written anew, never text that came from outside. Failure
    /// as format_checkpoint, or if the time is above kMaxCosignatureTime.
    [[nodiscard]] Result<NoteSignature>
    cosign(const Checkpoint& checkpoint, std::uint64_t unix_seconds) const;

private:
    VerifierKey key_;
    KeyPair pair_;
};

/// The time, in Unix seconds, that a valid cosignature over the text of a note carries. Failure if
/// `key` does not name it, it is not 72 bytes, the time is too large or the signature is wrong.
[[nodiscard]] Result<std::uint64_t>
cosignature_time(std::string_view text, const NoteSignature& signature, const VerifierKey& key);

} // namespace handprint::merkle
