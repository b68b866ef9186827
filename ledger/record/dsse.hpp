#pragma once

#include "ledger/base/crypto.hpp"
#include "ledger/record/json.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace handprint::record {

inline constexpr std::string_view kCommandType = "application/vnd.handprint.command.v1+json";
inline constexpr std::string_view kPromiseType = "application/vnd.handprint.promise.v1+json";
inline constexpr std::string_view kSessionType = "application/vnd.handprint.session.v1+json";

/// A DSSE v1 envelope with exactly one signature. Says nothing about the signature being valid.
struct Envelope {
    std::string payload_type;
    std::string payload; // the bytes that are signed, usually canonical JSON
    std::string keyid;   // a hint which key to try; not trusted
    Signature signature{};

    bool operator==(const Envelope&) const = default;
};

/// What is signed: "DSSEv1" SP len(type) SP type SP len(body) SP body, lengths in decimal bytes.
[[nodiscard]] Bytes pae(std::string_view type, std::string_view body);

/// The first 8 bytes of SHA-256(public key) in lower-case hex.
[[nodiscard]] std::string keyid(const PublicKey& key);

[[nodiscard]] Envelope sign(std::string_view type, std::string payload, const KeyPair& key);

/// By the rule pinned in ed25519_verify (ledger/base/crypto.hpp).
[[nodiscard]] bool verify(const Envelope& envelope, const PublicKey& key);

/// Whether any of the keys verifies; keys that the hint names are tried first.
[[nodiscard]] bool verify_any(const Envelope& envelope, std::span<const PublicKey> keys);

[[nodiscard]] Json to_json(const Envelope& envelope);
/// The canonical bytes of the same.
[[nodiscard]] std::string encode(const Envelope& envelope);
[[nodiscard]] Result<Envelope> envelope_from_json(const Json& json);

class JsonScan;

/// The texts of an envelope as they stand in its JSON, which they borrow.
struct EnvelopeText {
    std::string_view payload; // base64
    std::string_view payload_type;
    std::string_view keyid;
    std::string_view signature; // base64
};

/// One of plain shape at this place, if there is one.
[[nodiscard]] bool scan_envelope(JsonScan& scan, EnvelopeText& out);
/// Nothing if payload or signature is not the base64 that it should be.
[[nodiscard]] std::optional<Envelope> read_envelope(const EnvelopeText& text);

/// From canonical text, if it is one of plain shape (JsonScan); else ask parse_envelope().
[[nodiscard]] std::optional<Envelope> scan_envelope(std::string_view text);

/// The text form. An envelope arrives in requests and files, where any JSON layout will do; inside
/// a part it is canonical because the part is.
[[nodiscard]] Result<Envelope>
parse_envelope(std::string_view text, JsonMode mode = JsonMode::lenient);

} // namespace handprint::record
