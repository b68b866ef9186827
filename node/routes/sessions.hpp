#pragma once

// Who is calling: browser sessions from a signed challenge, and API keys that stand for an agent
// key the node holds. Secrets are kept hashed or sealed; nothing here reaches the ledger.

#include "ledger/base/crypto.hpp"
#include "node/http/auth.hpp"
#include "node/market/command.hpp"
#include "node/pipeline/keyring.hpp"
#include "node/pipeline/sequencer.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

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
        pipeline::Clock clock;
        std::string origin;
    };

    explicit Sessions(Parts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Result<http::Principal, http::Problem> session(std::string_view cookie) override;
    [[nodiscard]] Result<http::Principal, http::Problem> key(std::string_view bearer) override;

    struct Challenge {
        std::string text; // base64 of 32 bytes
        Int expires = 0;
    };

    /// Good for two minutes and one use.
    [[nodiscard]] Challenge challenge();

    struct Opened {
        std::string token; // of the cookie
        http::Principal principal;
    };

    /// Checks a signed challenge: `{"challenge","log","time"}` under a valid key of a party.
    [[nodiscard]] Result<Opened, market::Refusal> open(std::string_view envelope_text);
    [[nodiscard]] Result<void> close(std::string_view cookie);

    /// Makes an agent key that the node keeps; a grant must name it before it can act.
    [[nodiscard]] Result<std::string> make_agent();

    /// Binds a new API key to a grant that names one of our agent keys. Shown once.
    struct ApiKey {
        std::string key, id;
    };

    [[nodiscard]] Result<ApiKey, market::Refusal>
    make_api_key(const std::string& party, const market::GrantRow& grant, const std::string& label);
    [[nodiscard]] Result<bool> drop_api_key(const std::string& party, const std::string& id);

    /// What a principal may act under: the grant of the API key, or the newest of the requester.
    [[nodiscard]] Result<Mandate, market::Refusal> mandate(const http::Principal& principal);
    /// The newest grant of a requester that names one of our agent keys, if any.
    [[nodiscard]] std::optional<Int> newest_grant(const std::string& party);

private:
    struct Known {
        http::Principal principal;
        Int expires = 0;
    };

    Parts parts_;
    std::mutex mutex_;
    std::map<std::string, Int> challenges_;        // text -> expires
    std::unordered_map<std::string, Known> cache_; // by hash of the token or key
};

} // namespace handprint::routes
