#pragma once

// Who is calling, and with which agent key the node acts for them: browser sessions from a signed
// challenge, API keys. Secrets are kept hashed or sealed; nothing here reaches the ledger.

#include "ledger/base/crypto.hpp"
#include "node/http/auth.hpp"
#include "node/market/command.hpp"
#include "node/pipeline/keyring.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/routes/agents.hpp"
#include "node/routes/api_keys.hpp"
#include "node/routes/challenges.hpp"
#include "node/routes/grants.hpp"
#include "node/routes/principal_cache.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace handprint::routes {

using market::Int;

/// An agent key in the node's keeping, and the grant that lets it act.
struct Mandate {
    std::string party; // of the requester
    Int grant = market::never;
    Seed agent{};
};

class Sessions final : public http::Authenticator {
public:
    struct Parts {
        store::Store& store;
        const pipeline::Vault& vault;
        const pipeline::KeyRing& keys;
        const Grants& grants;
        pipeline::Clock clock;
        std::string origin;
    };

    explicit Sessions(Parts parts);

    [[nodiscard]] Result<http::Principal, http::Problem> session(std::string_view cookie) override;
    [[nodiscard]] Result<http::Principal, http::Problem> key(std::string_view bearer) override;

    /// Good for two minutes, one use and the holder of `key`.
    [[nodiscard]] Challenge challenge(std::string_view key) const;

    struct Opened {
        std::string token; // of the cookie
        http::Principal principal;
    };

    /// Checks a signed challenge: `{"challenge","log","time"}` under a valid key of a party.
    [[nodiscard]] Result<Opened, market::Refusal> open(std::string_view envelope_text);
    [[nodiscard]] Result<void> close(std::string_view cookie);

    /// Removes sessions that are over from the store.
    [[nodiscard]] Result<void> remove_expired();

    /// Agent keys that the node keeps; a grant must name one before it can act.
    [[nodiscard]] Agents& agents() { return agents_; }

    [[nodiscard]] ApiKeys& api_keys() { return api_keys_; }

    [[nodiscard]] const Grants& grants() const { return parts_.grants; }

    /// The refusal in a session that a recovery key has opened: it can only add and revoke keys.
    [[nodiscard]] Result<void, market::Refusal> may_act(const http::Principal& principal) const;

    /// What a principal may act under for a command of this kind: the grant of the API key, or the
    /// best that the requester of the session has signed for an agent key of ours.
    [[nodiscard]] Result<Mandate, market::Refusal>
    mandate(const http::Principal& principal, std::string_view kind);

private:
    [[nodiscard]] Result<Mandate, market::Refusal> under(const market::GrantRow& grant);

    Parts parts_;
    ApiKeys api_keys_;
    Agents agents_;
    PrincipalCache cache_;
    Challenges challenges_;
};

} // namespace handprint::routes
