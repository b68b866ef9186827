#include "node/pipeline/intake.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/record/command.hpp"
#include "node/market/json_codec.hpp"

#include <utility>

namespace handprint::pipeline {

using market::Family;
using market::Refusal;

namespace {

Unexpected<Refusal> refuse(Family family, std::string code, std::string detail, std::string field) {
    return unexpected(Refusal{family, std::move(code), std::move(detail), std::move(field)});
}

/// A newcomer's key stands in its own command.
const std::string* own_key(const market::Command& command) {
    if (const auto* c = std::get_if<market::EnrolMember>(&command)) return &c->key;
    if (const auto* c = std::get_if<market::RegisterRequester>(&command)) return &c->key;
    if (const auto* c = std::get_if<market::Genesis>(&command)) {
        return c->delegates.empty() ? nullptr : &c->delegates.front();
    }
    return nullptr;
}

} // namespace

Result<market::Request, Refusal>
take_in(const record::Envelope& envelope, const KeyRing& keys, std::string_view origin) {
    if (envelope.payload_type != record::kCommandType) {
        return refuse(Family::invalid, "wrong_type", "Not a command.", "envelope.payloadType");
    }
    auto body = record::parse_command(envelope.payload);
    if (!body) {
        const bool canonical = body.error().code != record::CommandError::Code::not_canonical;
        return refuse(
            Family::invalid,
            canonical ? "malformed" : "not_canonical",
            body.error().what,
            "envelope.payload"
        );
    }
    if (body->log != origin) {
        return refuse(Family::invalid, "wrong_log", "Signed for another log.", "log");
    }
    auto command = market::command_from_json(body->kind, body->args);
    if (!command) {
        const auto& error = command.error();
        if (error.unknown_kind) return refuse(Family::invalid, "unknown_kind", error.what, "kind");
        return refuse(
            Family::invalid, "bad_argument", error.field + ' ' + error.what, "args." + error.field
        );
    }
    market::Request request;
    request.actor = body->actor.text();
    request.id = body->command;
    if (body->seen) {
        request.seen_size = static_cast<market::Int>(body->seen->size);
        request.seen_root = body->seen->root;
    }
    auto candidates = keys.hinted(envelope.keyid);
    if (const std::string* own = own_key(*command)) {
        if (const auto key = base64_to_array<32>(*own)) candidates.push_back(*key);
    } else if (candidates.empty()) {
        return refuse(Family::denied, "key_unknown", "No such key.", "envelope.signatures");
    }
    const PublicKey* signer = record::signer_among(envelope, candidates);
    if (signer == nullptr) {
        return refuse(
            Family::invalid,
            "signature_invalid",
            "The signature does not verify.",
            "envelope.signatures"
        );
    }
    request.key = base64_encode(*signer);
    const auto known = keys.of_key(request.key);
    if (known && known->party.starts_with("g:")) {
        const auto grant = parse_i64(std::string_view(known->party).substr(2));
        request.grant = grant.value_or(market::never);
    }
    request.command = std::move(*command);
    request.envelope = record::encode(envelope);
    return request;
}

market::Request sign_command(
    market::Command command,
    const std::string& actor,
    const CommandId& id,
    const KeyPair& key,
    const std::string& origin
) {
    const auto party = record::Party::parse(actor);
    HP_CHECK(party.has_value(), "our own actors parse");
    const record::CommandBody body{
        *party, market::args_to_json(command), id, market::kind_of(command), origin, std::nullopt
    };
    market::Request request;
    request.actor = actor;
    request.id = id;
    request.key = base64_encode(key.public_key());
    request.envelope = record::encode(record::sign(record::kCommandType, encode(body), key));
    request.command = std::move(command);
    return request;
}

} // namespace handprint::pipeline
