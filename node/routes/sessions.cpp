#include "node/routes/sessions.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/json.hpp"
#include "node/market/parties.hpp"

#include <array>
#include <bit>
#include <utility>
#include <vector>

namespace handprint::routes {

using market::Family;
using market::Refusal;
using record::Json;

namespace {

constexpr Int session_ms = 30LL * 24 * 3600 * 1000;

Unexpected<Refusal> denied(std::string code, std::string detail) {
    return unexpected(Refusal{Family::denied, std::move(code), std::move(detail), {}});
}

Unexpected<http::Problem> unauthorised(const char* code, const char* detail) {
    return unexpected(http::Problem{401, code, "Not signed in", detail, http::Retry::fresh, 0});
}

std::string hashed(std::string_view token) {
    return hex_encode(sha256(as_bytes(token)));
}

Hash secret(const pipeline::Vault& vault) {
    Hash out{};
    vault.fill(out);
    return out;
}

} // namespace

Sessions::Sessions(Parts parts)
    : parts_(std::move(parts)),
      api_keys_({parts_.store, parts_.vault, parts_.grants, parts_.clock}),
      agents_({parts_.store, parts_.vault, parts_.keys, parts_.clock}),
      challenges_(secret(parts_.vault)) {}

Result<http::Principal, http::Problem> Sessions::session(std::string_view cookie) {
    const std::string id = hashed(cookie);
    const auto reading = cache_.reading();
    auto known = cache_.find(id);
    if (!known) {
        const auto sealed = parts_.store.secret("session", id);
        if (!sealed) return unexpected(http::unavailable()); // whether there is one is not known
        const auto plain = parts_.vault.open("session", id, sealed->value_or(Bytes()));
        const auto json = Json::parse(plain ? as_text(*plain) : std::string_view());
        if (!json) return unauthorised("session_unknown", "Sign in again; nothing was lost.");
        known.emplace();
        known->principal.kind = http::Principal::Kind::session;
        known->principal.party = json->text_of("party");
        known->principal.key = json->text_of("key");
        known->expires = json->integer_of("expires", market::never);
        cache_.keep(id, *known, reading);
    }
    if (known->expires <= parts_.clock()) {
        return unauthorised("session_unknown", "Sign in again; nothing was lost.");
    }
    // A session is worth what the key that opened it is worth.
    const auto key = parts_.keys.of_key(known->principal.key);
    if (!key || key->revoked != market::never) {
        return unauthorised("session_unknown", "The key of this session is not valid any more.");
    }
    return known->principal;
}

Result<http::Principal, http::Problem> Sessions::key(std::string_view bearer) {
    return api_keys_.find(bearer);
}

Challenge Sessions::challenge(std::string_view key) const {
    std::array<std::uint8_t, sizeof(std::uint64_t)> random{};
    parts_.vault.fill(random);
    return challenges_.make(key, std::bit_cast<std::uint64_t>(random), parts_.clock());
}

Result<Sessions::Opened, Refusal> Sessions::open(std::string_view envelope_text) {
    const auto envelope = record::parse_envelope(envelope_text);
    if (!envelope || envelope->payload_type != record::kSessionType) {
        return unexpected(Refusal{
            Family::invalid, "wrong_type", "A signed session challenge is needed.", "envelope"
        });
    }
    const auto body = Json::parse(envelope->payload);
    if (!body || body->text_of("log") != parts_.origin) {
        return unexpected(Refusal{Family::invalid, "wrong_log", "Signed for another log.", "log"});
    }
    const auto candidates = parts_.keys.hinted(envelope->keyid);
    if (candidates.empty()) return denied("key_unknown", "No party has this key.");
    const PublicKey* signer = record::signer_among(*envelope, candidates);
    if (signer == nullptr) return denied("signature_invalid", "The signature does not verify.");
    const auto known = parts_.keys.of_key(base64_encode(*signer));
    if (!known || known->role == "agent") return denied("key_unknown", "No party has this key.");
    if (known->revoked != market::never) return denied("key_revoked", "This key was revoked.");
    const Int now = parts_.clock();
    if (!challenges_.take(body->text_of("challenge"), known->key, now)) {
        return denied(
            "challenge_unknown",
            "The challenge is used, too old or for another key; ask for another."
        );
    }
    Hash token{};
    parts_.vault.fill(token);
    Opened opened;
    opened.token = base64url_encode(token);
    opened.principal.party = known->party;
    opened.principal.key = known->key;
    const Json kept = Json::object({
        {"expires", Json(now + session_ms)},
        {"key", Json(known->key)},
        {"party", Json(known->party)},
    });
    const auto sealed = parts_.vault.seal("session", hashed(opened.token), as_bytes(kept.encode()));
    if (!parts_.store.put_secrets(std::span(&sealed, 1))) {
        return unexpected(Refusal{Family::later, "busy", "Try again.", {}});
    }
    return opened;
}

Result<void> Sessions::close(std::string_view cookie) {
    const std::string id = hashed(cookie);
    const store::SecretRecord gone{"session", id, {}};
    auto closed = parts_.store.put_secrets(std::span(&gone, 1));
    cache_.withdraw(id);
    return closed;
}

Result<void> Sessions::remove_expired() {
    constexpr std::size_t page = 500;
    std::string after;
    while (true) {
        const auto records = parts_.store.secrets("session", "", after, page);
        if (!records) return unexpected(records.error());
        std::vector<store::SecretRecord> gone;
        for (const auto& record : *records) {
            const auto plain = parts_.vault.open(record.kind, record.id, record.sealed);
            const auto json = Json::parse(plain ? as_text(*plain) : std::string_view());
            if (!json) continue; // it opens nothing; the audit names it
            if (json->integer_of("expires", market::never) <= parts_.clock())
                gone.push_back({"session", record.id, {}});
        }
        if (!gone.empty()) {
            if (auto ok = parts_.store.put_secrets(gone); !ok) return ok;
        }
        if (records->size() < page) return {};
        after = records->back().id;
    }
}

Result<Mandate, Refusal> Sessions::under(const market::GrantRow& grant) {
    const auto seed = parts_.vault.read(parts_.store, "agent", grant.key);
    if (!seed) return unexpected(Refusal{Family::later, "busy", "Try again.", {}});
    Mandate mandate;
    mandate.party = "r:" + std::to_string(grant.requester);
    mandate.grant = grant.grant;
    if (!*seed || (*seed)->size() != mandate.agent.size()) {
        return denied("agent_elsewhere", "The grant names a key that the node does not hold.");
    }
    std::copy((*seed)->begin(), (*seed)->end(), mandate.agent.begin());
    return mandate;
}

Result<void, Refusal> Sessions::may_act(const http::Principal& principal) const {
    const auto key = parts_.keys.of_key(principal.key);
    if (!key || key->role != "recovery") return {};
    return denied("recovery_key", "A recovery key can only add and revoke keys.");
}

Result<Mandate, Refusal>
Sessions::mandate(const http::Principal& principal, std::string_view kind) {
    if (auto ok = may_act(principal); !ok) return unexpected(std::move(ok).error());
    const Int requester = market::ordinal_of(principal.party, 'r');
    if (principal.grant) {
        const auto grant = parts_.grants.find(static_cast<Int>(*principal.grant));
        if (!grant || grant->requester != requester) {
            return denied("not_granted", "There is no such grant.");
        }
        return under(*grant);
    }
    for (const auto& grant : parts_.grants.live(requester, kind, parts_.clock())) {
        auto mandate = under(grant);
        // A grant for a key that is held elsewhere is for somebody else.
        if (mandate || mandate.error().code != "agent_elsewhere") return mandate;
    }
    return denied("not_granted", "Sign a grant for an agent key first.");
}

} // namespace handprint::routes
