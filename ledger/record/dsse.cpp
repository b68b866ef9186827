#include "ledger/record/dsse.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_scan.hpp"
#include "ledger/record/json_writer.hpp"

#include <algorithm>

namespace handprint::record {

Bytes pae(std::string_view type, std::string_view body) {
    const std::string type_length = std::to_string(type.size());
    const std::string body_length = std::to_string(body.size());
    Bytes out;
    out.reserve(32 + type.size() + body.size());
    for (const std::string_view piece :
         {std::string_view("DSSEv1 "),
          std::string_view(type_length),
          std::string_view(" "),
          type,
          std::string_view(" "),
          std::string_view(body_length),
          std::string_view(" "),
          body}) {
        append(out, as_bytes(piece));
    }
    return out;
}

std::string keyid(const PublicKey& key) {
    const Hash hash = sha256(key);
    return hex_encode(ByteView(hash).first(8));
}

Envelope sign(std::string_view type, std::string payload, const KeyPair& key) {
    const Signature signature = key.sign(pae(type, payload));
    return {std::string(type), std::move(payload), keyid(key.public_key()), signature};
}

bool verify(const Envelope& envelope, const PublicKey& key) {
    return ed25519_verify(key, pae(envelope.payload_type, envelope.payload), envelope.signature);
}

bool verify_any(const Envelope& envelope, std::span<const PublicKey> keys) {
    const Bytes message = pae(envelope.payload_type, envelope.payload);
    for (const bool hinted : {true, false}) {
        for (const PublicKey& key : keys) {
            if ((keyid(key) == envelope.keyid) != hinted) continue;
            if (ed25519_verify(key, message, envelope.signature)) return true;
        }
    }
    return false;
}

Json to_json(const Envelope& envelope) {
    Json signature;
    signature.set("keyid", envelope.keyid);
    signature.set("sig", base64_encode(envelope.signature));
    Json out;
    out.set("payload", base64_encode(as_bytes(envelope.payload)));
    out.set("payloadType", envelope.payload_type);
    out.set("signatures", Json(Json::Array{std::move(signature)}));
    return out;
}

std::string encode(const Envelope& envelope) {
    std::string out;
    out.reserve(envelope.payload.size() * 4 / 3 + 256);
    JsonWriter writer(out);
    writer.begin_object();
    writer.key("payload").bytes(as_bytes(envelope.payload));
    writer.key("payloadType").text(envelope.payload_type);
    writer.key("signatures").begin_array().begin_object();
    writer.key("keyid").text(envelope.keyid);
    writer.key("sig").bytes(envelope.signature);
    writer.end_object().end_array();
    writer.end_object();
    return out;
}

Result<Envelope> envelope_from_json(const Json& json) {
    Fields fields(json, "envelope");
    const auto payload = base64_decode(fields.string("payload"));
    Envelope out;
    out.payload_type = fields.string("payloadType");
    const Json::Array& signatures = fields.array("signatures");
    if (signatures.size() != 1) fields.refuse("not exactly one signature");
    if (!payload) fields.refuse("the payload is not base64");
    if (auto done = fields.finish(); !done) return unexpected(done.error());

    Fields signature(signatures.front(), "envelope signature");
    out.keyid = signature.string("keyid");
    if (!base64_decode_to(signature.string("sig"), out.signature))
        signature.refuse("not 64 bytes of base64");
    if (auto done = signature.finish(); !done) return unexpected(done.error());
    out.payload = as_text(*payload);
    return out;
}

bool scan_envelope(JsonScan& scan, EnvelopeText& out) {
    return scan.eat(R"({"payload":)") && scan.string(out.payload) && scan.eat(R"(,"payloadType":)")
           && scan.string(out.payload_type) && scan.eat(R"(,"signatures":[{"keyid":)")
           && scan.string(out.keyid) && scan.eat(R"(,"sig":)") && scan.string(out.signature)
           && scan.eat("}]}");
}

std::optional<Envelope> read_envelope(const EnvelopeText& text) {
    std::optional<Envelope> out(std::in_place);
    const std::size_t room = text.payload.size() / 4 * 3;
    const std::size_t padding = text.payload.ends_with("==") ? 2 : text.payload.ends_with('=');
    out->payload.resize(room - std::min(room, padding));
    const std::span<std::uint8_t> payload(
        reinterpret_cast<std::uint8_t*>(out->payload.data()), out->payload.size()
    );
    if (!base64_decode_to(text.payload, payload)
        || !base64_decode_to(text.signature, out->signature)) {
        return std::nullopt;
    }
    out->payload_type = text.payload_type;
    out->keyid = text.keyid;
    return out;
}

std::optional<Envelope> scan_envelope(std::string_view text) {
    JsonScan scan(text);
    EnvelopeText out;
    if (!scan_envelope(scan, out) || !scan.done()) return std::nullopt;
    return read_envelope(out);
}

Result<Envelope> parse_envelope(std::string_view text, JsonMode mode) {
    const auto json = Json::parse(text, mode);
    if (!json) return fail("envelope: " + describe(json.error()));
    return envelope_from_json(*json);
}

} // namespace handprint::record
