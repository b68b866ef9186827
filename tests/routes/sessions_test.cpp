// Signing in with a challenge: what opens a session, what does not, and what ends one.

#include "ledger/base/base64.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/json.hpp"
#include "node/routes/sessions.hpp"
#include "node/store/memory/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint;
using market::Int;
using market::never;
using record::Json;
using routes::Sessions;

namespace {

constexpr const char* origin = "log.example/coop";
constexpr Int two_minutes = 2 * 60 * 1000;
constexpr Int thirty_days = 30LL * 24 * 3600 * 1000;

KeyPair key(std::uint8_t number) {
    Seed seed{};
    seed.fill(number);
    return KeyPair::from_seed(seed);
}

std::string text(const KeyPair& pair) {
    return base64_encode(pair.public_key());
}

/// Members 1 and 2 with the keys of their numbers, 1 also with the recovery key 11; requester 3
/// with an agent's key 13.
struct Rig {
    bool broken = false;
    store::MemoryStore store{[this](store::Operation what, std::uint64_t) {
        const bool read = what == store::Operation::secrets;
        const bool write = what == store::Operation::put_secrets;
        return store::Decision{broken && (read || write) ? store::Fault::fail : store::Fault::none};
    }};
    std::uint8_t drawn = 0;
    pipeline::Vault vault{{}, [this](std::span<std::uint8_t> out) {
                              ++drawn;
                              for (auto& byte : out)
                                  byte = drawn;
                          }};
    pipeline::KeyRing keys;
    routes::Grants grants;
    Int now = 1'795'280'000'000;
    Sessions sessions{{store, vault, keys, grants, [this] { return now; }, origin}};

    Rig() {
        know(1, "m:1", "device");
        know(2, "m:2", "device");
        know(11, "m:1", "recovery");
        know(13, "g:7", "agent");
    }

    void know(std::uint8_t number, const char* party, const char* role, Int revoked = never) {
        market::KeyRow row;
        row.key = text(key(number));
        row.party = party;
        row.role = role;
        row.revoked = revoked;
        keys.add(row);
    }

    [[nodiscard]] std::string challenge_for(std::uint8_t number) {
        return sessions.challenge(text(key(number))).text;
    }

    [[nodiscard]] std::string answer(
        const std::string& challenge,
        const KeyPair& signer,
        const char* log = origin,
        std::string_view type = record::kSessionType
    ) const {
        const Json body =
            Json::object({{"challenge", Json(challenge)}, {"log", Json(log)}, {"time", Json(now)}});
        return record::encode(record::sign(type, body.encode(), signer));
    }

    /// "" if it opens a session, else the code of the refusal.
    [[nodiscard]] std::string opens(const std::string& envelope) {
        const auto opened = sessions.open(envelope);
        return opened ? "" : opened.error().code;
    }

    [[nodiscard]] std::string token_of(std::uint8_t number) {
        return sessions.open(answer(challenge_for(number), key(number))).value().token;
    }

    /// The party of a session; the code of the problem if it is none.
    [[nodiscard]] std::string party_of(const std::string& token) {
        const auto known = sessions.session(token);
        return known ? known->party : known.error().code;
    }
};

} // namespace

TEST_CASE("sessions: a challenge opens one session, for the key that asked for it, in time") {
    Rig rig;
    const std::string challenge = rig.challenge_for(1);
    const std::string signed_by_one = rig.answer(challenge, key(1));
    CHECK(rig.opens(rig.answer(challenge, key(2))) == "challenge_unknown");
    CHECK(rig.opens(rig.answer("made up", key(1))) == "challenge_unknown");
    CHECK(rig.opens(signed_by_one).empty()); // what others tried has not used it up
    CHECK(rig.opens(signed_by_one) == "challenge_unknown");

    const auto made = rig.sessions.challenge(text(key(1)));
    CHECK(made.expires == rig.now + two_minutes);
    CHECK(made.text != challenge);
    const std::string late = rig.answer(made.text, key(1));
    rig.now = made.expires;
    CHECK(rig.opens(late) == "challenge_unknown");
    --rig.now;
    CHECK(rig.opens(late).empty());
}

TEST_CASE("sessions: nothing else that is signed opens one") {
    Rig rig;
    const auto opens = [&](const KeyPair& signer, const char* log, std::string_view type) {
        const auto challenge = rig.sessions.challenge(text(signer)).text;
        return rig.opens(rig.answer(challenge, signer, log, type));
    };
    CHECK(opens(key(1), origin, record::kSessionType).empty());
    CHECK(opens(key(1), origin, record::kCommandType) == "wrong_type");
    CHECK(opens(key(1), "log.example/other", record::kSessionType) == "wrong_log");
    CHECK(rig.opens("{}") == "wrong_type");
    CHECK(opens(key(99), origin, record::kSessionType) == "key_unknown");
    CHECK(opens(key(13), origin, record::kSessionType) == "key_unknown"); // an agent's
    auto forged = record::parse_envelope(rig.answer(rig.challenge_for(1), key(99))).value();
    forged.keyid = record::keyid(key(1).public_key());
    CHECK(rig.opens(record::encode(forged)) == "signature_invalid");
    rig.know(1, "m:1", "device", 5);
    CHECK(opens(key(1), origin, record::kSessionType) == "key_revoked");
}

TEST_CASE("sessions: one lasts thirty days, or until it is closed, or its key is revoked") {
    Rig rig;
    const std::string token = rig.token_of(1), other = rig.token_of(2);
    CHECK(token != other);
    CHECK(rig.party_of(token) == "m:1");
    CHECK(rig.party_of(other) == "m:2");
    CHECK(rig.party_of(token + "x") == "session_unknown");
    CHECK(rig.party_of("") == "session_unknown");
    CHECK(rig.sessions.session(token)->key == text(key(1)));
    // The store knows its hash, and not what opens it.
    const auto records = rig.store.secrets("session", "", "", 10).value();
    for (const auto& record : records)
        CHECK(record.id.find(token) == std::string::npos);

    const Int begun = rig.now;
    rig.now = begun + thirty_days - 1;
    CHECK(rig.party_of(token) == "m:1");
    const std::string renewed = rig.token_of(2);
    rig.now = begun + thirty_days;
    CHECK(rig.party_of(token) == "session_unknown");
    CHECK(rig.party_of(renewed) == "m:2");

    // Closed, it is not found in the cache either; the others go on.
    const std::string second = rig.token_of(2);
    CHECK(rig.party_of(second) == "m:2");
    REQUIRE(rig.sessions.close(renewed));
    CHECK(rig.party_of(renewed) == "session_unknown");
    CHECK(rig.party_of(second) == "m:2");
    rig.know(2, "m:2", "device", 5);
    CHECK(rig.party_of(second) == "session_unknown");
}

TEST_CASE("sessions: what was not sealed as one is none") {
    Rig rig;
    const std::string token = rig.token_of(1);
    auto records = rig.store.secrets("session", "", "", 10).value();
    REQUIRE(records.size() == 1);
    records.front().sealed.back() ^= 1U;
    REQUIRE(rig.store.put_secrets(records));
    CHECK(rig.party_of(token) == "session_unknown");
}

TEST_CASE("sessions: a store in trouble signs nobody out") {
    Rig rig;
    const std::string token = rig.token_of(1);
    const std::string answer = rig.answer(rig.challenge_for(1), key(1));
    rig.broken = true;
    CHECK(rig.opens(answer) == "busy");
    const auto asked = rig.sessions.session(token);
    REQUIRE_FALSE(asked);
    CHECK(asked.error().status == 503);
    CHECK(asked.error().code == "no_answer");
    CHECK_FALSE(rig.sessions.close(token));
    rig.broken = false;
    CHECK(rig.party_of(token) == "m:1");
    rig.broken = true;
    CHECK(rig.party_of(token) == "m:1"); // as it is remembered
}

TEST_CASE("sessions: a recovery key opens one that acts for nobody") {
    Rig rig;
    const auto sheet = rig.sessions.session(rig.token_of(11)).value();
    const auto device = rig.sessions.session(rig.token_of(1)).value();
    CHECK(sheet.party == "m:1");
    CHECK(rig.sessions.may_act(device));
    CHECK(rig.sessions.may_act(sheet).error().code == "recovery_key");
    CHECK(rig.sessions.mandate(sheet, "publish").error().code == "recovery_key");
}

TEST_CASE("sessions: the node acts under a grant for an agent's key that it keeps") {
    Rig rig;
    http::Principal requester{http::Principal::Kind::session, "r:3", {}, "key"};
    CHECK(rig.sessions.mandate(requester, "publish").error().code == "not_granted");
    market::GrantRow grant;
    grant.requester = 3;
    grant.expires = rig.now + 1000;
    grant.kinds = "publish";
    grant.grant = 5;
    grant.key = text(key(99)); // kept elsewhere
    rig.grants.row(grant);
    CHECK(rig.sessions.mandate(requester, "publish").error().code == "not_granted");
    grant.grant = 4;
    grant.key = rig.sessions.agents().make("r:3").value();
    rig.grants.row(grant);
    const auto mandate = rig.sessions.mandate(requester, "publish");
    REQUIRE(mandate);
    CHECK(mandate->grant == 4);
    CHECK(mandate->party == "r:3");
    CHECK(text(KeyPair::from_seed(mandate->agent)) == grant.key);
    // With an API key it is that key's grant and no other.
    requester.grant = 5;
    CHECK(rig.sessions.mandate(requester, "publish").error().code == "agent_elsewhere");
    requester.grant = 4;
    CHECK(rig.sessions.mandate(requester, "publish")->grant == 4);
    requester.party = "r:2";
    CHECK(rig.sessions.mandate(requester, "publish").error().code == "not_granted");
}

TEST_CASE("sessions: those that are over are removed from the store, the others stay") {
    Rig rig;
    const std::string old = rig.token_of(1);
    rig.now += thirty_days / 2;
    const std::string fresh = rig.token_of(2);
    rig.now += thirty_days / 2;
    REQUIRE(rig.sessions.remove_expired());
    CHECK(rig.store.secrets("session", "", "", 10).value().size() == 1);
    CHECK(rig.party_of(old) == "session_unknown");
    CHECK(rig.party_of(fresh) == "m:2");
}

TEST_CASE("agents: a party has few keys that no grant has named, and after a day they make room") {
    Rig rig;
    rig.drawn = 50; // no seed of a key that is known
    auto& agents = rig.sessions.agents();
    std::string first;
    for (std::size_t i = 0; i < routes::Agents::most_unused; ++i) {
        const auto made = agents.make("r:3");
        REQUIRE(made);
        if (first.empty()) first = *made;
    }
    const auto refused = agents.make("r:3");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == "too_many_keys");
    CHECK(agents.make("r:31")); // another party

    market::KeyRow granted;
    granted.key = first;
    granted.party = "g:8";
    granted.role = "agent";
    rig.keys.add(granted);
    CHECK(agents.make("r:3"));
    CHECK_FALSE(agents.make("r:3"));

    const auto kept = [&] { return rig.store.secrets("agent", "", "", 100).value().size(); };
    CHECK(kept() == routes::Agents::most_unused + 2);
    rig.now += routes::Agents::unused_ms;
    CHECK(agents.make("r:3"));
    CHECK(kept() == 3); // the granted one, that of the other party, and the new one
    CHECK(rig.store.secret("agent", first).value());
}
