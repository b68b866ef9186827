#include "node/routes/sessions.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/json.hpp"

#include <utility>

namespace handprint::routes {

using market::Family;
using market::Refusal;
using record::Json;

namespace {

constexpr Int challenge_ms = 2 * 60 * 1000;
constexpr Int session_ms = 30LL * 24 * 3600 * 1000;
constexpr std::size_t most_challenges = 100'000;
constexpr std::size_t most_cached = 100'000;

Unexpected<Refusal> denied(std::string code, std::string detail) {
    return unexpected(Refusal{Family::denied, std::move(code), std::move(detail), {}});
}

Unexpected<http::Problem> unauthorised(const char* code, const char* detail) {
    return unexpected(http::Problem{401, code, "Not signed in", detail, http::Retry::fresh, 0});
}

std::string hashed(std::string_view token) {
    return hex_encode(sha256(as_bytes(token)));
}

std::string text_of(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value != nullptr && value->as_string() != nullptr ? value->text() : std::string{};
}

Int number_of(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value != nullptr && value->as_integer() != nullptr ? value->integer() : market::never;
}

std::optional<Json> read_json(
    const pipeline::Vault& vault, store::Store& store, std::string_view kind, std::string_view id
) {
    const auto bytes = vault.read(store, kind, id);
    if (!bytes || !*bytes) return std::nullopt;
    auto json = Json::parse(as_text(**bytes));
    if (!json) return std::nullopt;
    return std::move(*json);
}

} // namespace

Result<http::Principal, http::Problem> Sessions::session(std::string_view cookie) {
    const std::string id = hashed(cookie);
    const Int now = parts_.clock();
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = cache_.find(id); at != cache_.end() && at->second.expires > now) {
            return at->second.principal;
        }
    }
    const auto json = read_json(parts_.vault, parts_.store, "session", id);
    if (!json || number_of(*json, "expires") <= now) {
        return unauthorised("session_unknown", "Sign in again; nothing was lost.");
    }
    Known known;
    known.principal.kind = http::Principal::Kind::session;
    known.principal.party = text_of(*json, "party");
    known.principal.key = text_of(*json, "key");
    known.expires = number_of(*json, "expires");
    const std::lock_guard lock(mutex_);
    if (cache_.size() >= most_cached) cache_.clear();
    cache_[id] = known;
    return known.principal;
}

Result<http::Principal, http::Problem> Sessions::key(std::string_view bearer) {
    const std::string id = hashed(bearer);
    {
        const std::lock_guard lock(mutex_);
        if (const auto at = cache_.find(id); at != cache_.end()) return at->second.principal;
    }
    const auto json = read_json(parts_.vault, parts_.store, "api_key", id);
    if (!json) return unauthorised("key_unknown", "This API key is not known.");
    Known known;
    known.principal.kind = http::Principal::Kind::key;
    known.principal.party = text_of(*json, "party");
    known.principal.grant = static_cast<std::uint64_t>(number_of(*json, "grant"));
    known.principal.key = text_of(*json, "agent");
    const std::lock_guard lock(mutex_);
    if (cache_.size() >= most_cached) cache_.clear();
    cache_[id] = known;
    return known.principal;
}

Sessions::Challenge Sessions::challenge() {
    Hash bytes{};
    parts_.vault.fill(bytes);
    const Int now = parts_.clock();
    Challenge made{base64_encode(bytes), now + challenge_ms};
    const std::lock_guard lock(mutex_);
    if (challenges_.size() >= most_challenges) {
        std::erase_if(challenges_, [now](const auto& c) { return c.second <= now; });
        if (challenges_.size() >= most_challenges) challenges_.clear();
    }
    challenges_[made.text] = made.expires;
    return made;
}

Result<Sessions::Opened, Refusal> Sessions::open(std::string_view envelope_text) {
    const auto envelope = record::parse_envelope(envelope_text);
    if (!envelope || envelope->payload_type != record::kSessionType) {
        return unexpected(Refusal{
            Family::invalid, "wrong_type", "A signed session challenge is needed.", "envelope"
        });
    }
    const auto body = Json::parse(envelope->payload);
    if (!body || text_of(*body, "log") != parts_.origin) {
        return unexpected(Refusal{Family::invalid, "wrong_log", "Signed for another log.", "log"});
    }
    const auto known = parts_.keys.find(envelope->keyid);
    if (!known || known->revoked != market::never || known->role == "agent") {
        return denied("key_unknown", "No party has this key.");
    }
    const auto bytes = base64_decode(known->key);
    const auto key = bytes ? to_array<32>(*bytes) : Result<PublicKey>(fail("not base64"));
    if (!key || !record::verify(*envelope, *key)) {
        return denied("signature_invalid", "The signature does not verify.");
    }
    const Int now = parts_.clock();
    {
        const std::lock_guard lock(mutex_);
        const auto at = challenges_.find(text_of(*body, "challenge"));
        if (at == challenges_.end() || at->second <= now) {
            return denied(
                "challenge_unknown", "The challenge is used or too old; ask for another."
            );
        }
        challenges_.erase(at);
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
    {
        const std::lock_guard lock(mutex_);
        cache_.erase(id);
    }
    const store::SecretRecord gone{"session", id, {}};
    return parts_.store.put_secrets(std::span(&gone, 1));
}

Result<std::string> Sessions::make_agent() {
    Seed seed{};
    parts_.vault.fill(seed);
    const std::string key = base64_encode(KeyPair::from_seed(seed).public_key());
    const auto sealed = parts_.vault.seal("agent", key, seed);
    if (auto ok = parts_.store.put_secrets(std::span(&sealed, 1)); !ok)
        return unexpected(ok.error());
    return key;
}

Result<Sessions::ApiKey, Refusal> Sessions::make_api_key(
    const std::string& party, const market::GrantRow& grant, const std::string& label
) {
    if ("r:" + std::to_string(grant.requester) != party || grant.revoked != market::never) {
        return denied("not_granted", "No such grant of yours.");
    }
    const auto agent = parts_.vault.read(parts_.store, "agent", grant.key);
    if (!agent || !*agent) {
        return denied("agent_elsewhere", "The grant names a key that the node does not hold.");
    }
    Hash secret{};
    parts_.vault.fill(secret);
    ApiKey made;
    made.key = "hp_" + base64url_encode(secret);
    made.id = hashed(made.key);
    const Json kept = Json::object({
        {"agent", Json(grant.key)},
        {"grant", Json(grant.grant)},
        {"label", Json(label)},
        {"party", Json(party)},
    });
    const store::SecretRecord records[] = {
        parts_.vault.seal("api_key", made.id, as_bytes(kept.encode())),
        parts_.vault.seal("door", party, as_bytes(std::to_string(grant.grant))),
    };
    if (!parts_.store.put_secrets(records)) {
        return unexpected(Refusal{Family::later, "busy", "Try again.", {}});
    }
    return made;
}

Result<bool> Sessions::drop_api_key(const std::string& party, const std::string& id) {
    const auto json = read_json(parts_.vault, parts_.store, "api_key", id);
    if (!json || text_of(*json, "party") != party) return false;
    {
        const std::lock_guard lock(mutex_);
        cache_.erase(id);
    }
    const store::SecretRecord gone{"api_key", id, {}};
    if (auto ok = parts_.store.put_secrets(std::span(&gone, 1)); !ok) return unexpected(ok.error());
    return true;
}

std::optional<Int> Sessions::newest_grant(const std::string& party) {
    const auto bytes = parts_.vault.read(parts_.store, "door", party);
    if (!bytes || !*bytes) return std::nullopt;
    return std::stoll(std::string(as_text(**bytes)));
}

Result<Mandate, Refusal> Sessions::mandate(const http::Principal& principal) {
    Mandate mandate;
    mandate.party = principal.party;
    if (principal.grant) {
        mandate.grant = static_cast<Int>(*principal.grant);
    } else if (const auto newest = newest_grant(principal.party)) {
        mandate.grant = *newest;
    } else {
        return denied("not_granted", "Sign a grant for an agent key first.");
    }
    const market::Key key = market::key_of<market::GrantRow>(mandate.grant);
    const auto rows = parts_.store.load(std::span(&key, 1));
    if (!rows || !rows->front()) return denied("not_granted", "There is no such grant.");
    const auto& grant = std::get<market::GrantRow>(*rows->front());
    const auto seed = parts_.vault.read(parts_.store, "agent", grant.key);
    if (!seed || !*seed || (*seed)->size() != mandate.agent.size()) {
        return denied("agent_elsewhere", "The grant names a key that the node does not hold.");
    }
    std::copy((*seed)->begin(), (*seed)->end(), mandate.agent.begin());
    return mandate;
}

} // namespace handprint::routes
