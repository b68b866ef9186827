#include "node/routes/api_keys.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/record/json.hpp"

#include <algorithm>
#include <utility>

namespace handprint::routes {

using market::Family;
using market::Refusal;
using record::Json;

namespace {

constexpr Int hour_ms = 3600LL * 1000;
constexpr std::size_t most_notes = 200;

std::string hashed(std::string_view bearer) {
    return hex_encode(sha256(as_bytes(bearer)));
}

std::string note_id(const std::string& party, const std::string& id) {
    return party + '/' + id;
}

std::optional<ApiKeys::Listed> read_note(std::string_view id, ByteView plain) {
    const auto json = Json::parse(as_text(plain));
    if (!json) return std::nullopt;
    ApiKeys::Listed listed;
    listed.id = id.substr(id.find('/') + 1);
    listed.label = json->text_of("label");
    listed.grant = json->integer_of("grant", market::never);
    listed.created = json->integer_of("created", market::never);
    listed.used = json->integer_of("used", market::never);
    listed.revoked = json->integer_of("revoked", market::never);
    return listed;
}

Unexpected<http::Problem>
problem(int status, const char* code, const char* detail, http::Retry retry = http::Retry::never) {
    const std::uint32_t retry_after_s = status == 503 ? 1 : 0;
    return unexpected(
        http::Problem{status, code, "Not with this API key", detail, retry, retry_after_s}
    );
}

Unexpected<Refusal> try_later() {
    return unexpected(Refusal{Family::later, "busy", "Try again.", {}});
}

} // namespace

Result<http::Principal, http::Problem> ApiKeys::find(std::string_view bearer) {
    const std::string id = hashed(bearer);
    const auto reading = cache_.reading();
    auto known = cache_.find(id);
    if (!known) {
        const auto plain = parts_.vault.read(parts_.store, "api_key", id);
        if (!plain) {
            return problem(
                503, "busy", "Send the request again in a moment.", http::Retry::same_id
            );
        }
        const auto json = Json::parse(as_text(*plain ? ByteView(**plain) : ByteView()));
        if (!json) return problem(401, "key_unknown", "This API key is not known.");
        known.emplace();
        known->principal.kind = http::Principal::Kind::key;
        known->principal.party = json->text_of("party");
        known->principal.grant =
            static_cast<std::uint64_t>(json->integer_of("grant", market::never));
        known->principal.key = json->text_of("agent");
        known->used = market::never;
    }
    const Int now = parts_.clock();
    const auto grant = parts_.grants.find(static_cast<Int>(*known->principal.grant));
    if (grant && grant->revoked != market::never) {
        return problem(403, "grant_revoked", "The grant of this API key was revoked.");
    }
    if (!grant || grant->expires <= now) {
        return problem(403, "grant_expired", "The grant of this API key has expired.");
    }
    if (known->used == market::never || known->used / hour_ms != now / hour_ms) {
        known->used = now;
        cache_.keep(id, *known, reading);
        note_use(known->principal.party, id, now);
    }
    return known->principal;
}

Result<ApiKeys::Made, Refusal>
ApiKeys::make(const std::string& party, const market::GrantRow& grant, const std::string& label) {
    const auto denied = [](const char* code, const char* detail) {
        return unexpected(Refusal{Family::denied, code, detail, "grant"});
    };
    if ("r:" + std::to_string(grant.requester) != party || grant.revoked != market::never) {
        return denied("not_granted", "No such grant of yours.");
    }
    const auto agent = parts_.vault.read(parts_.store, "agent", grant.key);
    if (!agent) return try_later();
    if (!*agent) {
        return denied("agent_elsewhere", "The grant names a key that the node does not hold.");
    }
    Hash secret{};
    parts_.vault.fill(secret);
    Made made;
    made.key = "hp_" + base64url_encode(secret);
    made.id = hashed(made.key);
    const Json opens = Json::object({
        {"agent", Json(grant.key)},
        {"grant", Json(grant.grant)},
        {"party", Json(party)},
    });
    Listed listed;
    listed.id = made.id;
    listed.label = label;
    listed.grant = grant.grant;
    listed.created = parts_.clock();
    // From here on no other key of the party is made, so that both limits hold.
    const std::lock_guard lock(notes_);
    auto there = list(party);
    if (!there) return try_later();
    const auto live = std::count_if(there->begin(), there->end(), [](const Listed& key) {
        return key.revoked == market::never;
    });
    if (std::cmp_greater_equal(live, most_live)) {
        return unexpected(Refusal{
            Family::conflict, "too_many_keys", "Revoke keys that are not used any more.", {}
        });
    }
    if (!make_room(party, std::move(*there))) return try_later();
    const store::SecretRecord records[] = {
        parts_.vault.seal("api_key", made.id, as_bytes(opens.encode())), note(party, listed)
    };
    if (!parts_.store.put_secrets(records)) return try_later();
    return made;
}

/// Forgets the oldest revoked keys when the list is long.
Result<void> ApiKeys::make_room(const std::string& party, std::vector<Listed> there) {
    std::vector<store::SecretRecord> gone;
    for (auto at = there.rbegin(); at != there.rend(); ++at) {
        if (there.size() - gone.size() < most_notes) break;
        if (at->revoked != market::never) {
            gone.push_back({"api_key_note", note_id(party, at->id), {}});
        }
    }
    return gone.empty() ? Result<void>{} : parts_.store.put_secrets(gone);
}

Result<bool> ApiKeys::revoke(const std::string& party, const std::string& id) {
    const std::lock_guard lock(notes_);
    auto there = list(party);
    if (!there) return unexpected(there.error());
    const auto at = std::find_if(there->begin(), there->end(), [&id](const Listed& key) {
        return key.id == id && key.revoked == market::never;
    });
    if (at == there->end()) return false;
    at->revoked = parts_.clock();
    const store::SecretRecord records[] = {{"api_key", id, {}}, note(party, *at)};
    auto stored = parts_.store.put_secrets(records);
    // Also when that failed: what the store then has is read again.
    cache_.withdraw(id);
    if (!stored) return unexpected(stored.error());
    return true;
}

Result<std::vector<ApiKeys::Listed>> ApiKeys::list(const std::string& party) {
    const std::string mine = note_id(party, "");
    const auto records = parts_.store.secrets("api_key_note", mine, "", most_notes + most_live);
    if (!records) return unexpected(records.error());
    std::vector<Listed> out;
    for (const auto& record : *records) {
        const auto plain = parts_.vault.open(record.kind, record.id, record.sealed);
        if (!plain) return unexpected(plain.error());
        auto listed = read_note(record.id, *plain);
        if (!listed) return fail("the note of an API key is malformed");
        out.push_back(std::move(*listed));
    }
    std::stable_sort(out.begin(), out.end(), [](const Listed& a, const Listed& b) {
        return a.created > b.created;
    });
    return out;
}

store::SecretRecord ApiKeys::note(const std::string& party, const Listed& listed) const {
    Json json = Json::object({
        {"created", Json(listed.created)},
        {"grant", Json(listed.grant)},
        {"label", Json(listed.label)},
    });
    if (listed.revoked != market::never) json.set("revoked", Json(listed.revoked));
    if (listed.used != market::never) json.set("used", Json(listed.used));
    return parts_.vault.seal("api_key_note", note_id(party, listed.id), as_bytes(json.encode()));
}

/// A use that cannot be written down is no reason to refuse it.
void ApiKeys::note_use(const std::string& party, const std::string& id, Int now) {
    const std::lock_guard lock(notes_);
    const std::string at = note_id(party, id);
    const auto plain = parts_.vault.read(parts_.store, "api_key_note", at);
    if (!plain || !*plain) return;
    auto listed = read_note(at, **plain);
    if (!listed || listed->revoked != market::never) return;
    if (listed->used != market::never && listed->used / hour_ms == now / hour_ms) return;
    listed->used = now;
    const auto record = note(party, *listed);
    [[maybe_unused]] const auto stored = parts_.store.put_secrets(std::span(&record, 1));
}

} // namespace handprint::routes
