#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/crypto.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// c2sp.org/signed-note.

namespace handprint::merkle {

inline constexpr std::size_t kMaxNoteBytes = 1'000'000;
inline constexpr std::size_t kMaxNoteSignatures = 100;

/// Signature type bytes that we make and check. Lines of every other type are kept, never judged.
inline constexpr std::uint8_t kEd25519 = 0x01;
inline constexpr std::uint8_t kCosignatureV1 = 0x04;

/// One line "— name base64(key id || signature)".
struct NoteSignature {
    std::string name;
    std::uint32_t key_id = 0;
    Bytes signature; // without the key id; at least one byte

    bool operator==(const NoteSignature&) const = default;
};

struct Note {
    std::string text; // ends in LF
    std::vector<NoteSignature> signatures;

    bool operator==(const Note&) const = default;
};

/// Failure unless: at most kMaxNoteBytes of UTF-8, no control character but LF, a text, an empty
/// line (the last one counts) and 1 to kMaxNoteSignatures signature lines.
[[nodiscard]] Result<Note> parse_note(std::string_view note);

/// The inverse: parse_note(format_note(n)) == n and the other way round, byte for byte. Failure if
/// parse_note would refuse the outcome.
[[nodiscard]] Result<std::string> format_note(const Note& note);

/// One signature line with its LF, as in a note and as a witness answers.
[[nodiscard]] std::string format_signature_line(const NoteSignature& signature);

/// One or more signature lines and nothing else: what a witness answers.
[[nodiscard]] Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);

/// Non-empty UTF-8 without Unicode white space, control characters or '+'.
[[nodiscard]] bool is_key_name(std::string_view name) noexcept;

/// SHA-256(name || LF || type || key)[0:4].
[[nodiscard]] std::uint32_t key_id(std::string_view name, std::uint8_t type, ByteView key);

/// 8 lowercase hex digits, as key texts and names of files have it.
[[nodiscard]] std::string hex_id(std::uint32_t id);

/// A public key with its name: "name+hex8+base64(type || key)". Types kEd25519 and kCosignatureV1.
struct VerifierKey {
    std::string name;
    std::uint32_t id = 0;
    std::uint8_t type = kEd25519;
    PublicKey key{};

    /// Failure also for a type that we cannot check, and for an id that is not the key's.
    [[nodiscard]] static Result<VerifierKey> parse(std::string_view text);
    /// Aborts unless `name` is a key name.
    [[nodiscard]] static VerifierKey
    make(std::string name, std::uint8_t type, const PublicKey& key);
    [[nodiscard]] std::string text() const;

    /// Whether the signature claims to be this key's.
    [[nodiscard]] bool names(const NoteSignature& signature) const noexcept {
        return signature.key_id == id && signature.name == name;
    }

    bool operator==(const VerifierKey&) const = default;
};

/// Signs texts as type kEd25519.
class NoteSigner {
public:
    /// Aborts unless `name` is a key name.
    NoteSigner(std::string name, const KeyPair& pair);

    /// "PRIVATE+KEY+name+hex8+base64(0x01 || seed)", the text that Go's tools use.
    [[nodiscard]] static Result<NoteSigner> parse_private(std::string_view text);
    [[nodiscard]] std::string private_text() const;

    [[nodiscard]] const VerifierKey& key() const noexcept { return key_; }

    [[nodiscard]] const KeyPair& pair() const noexcept { return pair_; }

    [[nodiscard]] NoteSignature sign(std::string_view text) const;

private:
    VerifierKey key_;
    KeyPair pair_;
};

/// Whether a signature by `key` (which must name it) is good for the text; for a cosignature its
/// timestamp is taken from the signature.
[[nodiscard]] bool
signature_is_valid(std::string_view text, const NoteSignature& signature, const VerifierKey& key);

/// The rule of the format: lines of keys that are not among `known` say nothing; each line of a
/// known key must be valid; at least one must be there. Returns the known keys that signed, in the
/// order of `known`, each once.
[[nodiscard]] Result<std::vector<VerifierKey>>
verify_note(const Note& note, std::span<const VerifierKey> known);

} // namespace handprint::merkle
