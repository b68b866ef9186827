#pragma once

// API keys: secrets of programs, each bound to one grant of a requester. Only the SHA-256 of a key
// is kept, sealed, with what it opens; a note beside it, for the requester's list, outlives the
// key. Nothing here reaches the ledger. Thread-safe.

#include "node/http/auth.hpp"
#include "node/market/refusal.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/routes/grants.hpp"
#include "node/routes/principal_cache.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::routes {

class ApiKeys {
public:
    struct Parts {
        store::Store& store;
        const pipeline::Vault& vault;
        const Grants& grants;
        pipeline::Clock clock;
    };

    /// Of one requester; keys that are revoked are in the list, but do not count here.
    static constexpr std::size_t most_live = 100;

    explicit ApiKeys(Parts parts) : parts_(std::move(parts)) {}

    /// The principal of a key whose grant can act.
    [[nodiscard]] Result<http::Principal, http::Problem> find(std::string_view bearer);

    struct Made {
        std::string key; // shown once
        std::string id;
    };

    [[nodiscard]] Result<Made, market::Refusal>
    make(const std::string& party, const market::GrantRow& grant, const std::string& label);

    /// From its return on the key opens nothing. False: the party has no such key.
    [[nodiscard]] Result<bool> revoke(const std::string& party, const std::string& id);

    struct Listed {
        std::string id, label;
        Int grant = market::never;
        Int created = 0;
        Int used = market::never; // to the hour
        Int revoked = market::never;
    };

    /// Newest first.
    [[nodiscard]] Result<std::vector<Listed>> list(const std::string& party);

private:
    [[nodiscard]] Result<void> make_room(const std::string& party, std::vector<Listed> there);
    [[nodiscard]] store::SecretRecord note(const std::string& party, const Listed& listed) const;
    void note_use(const std::string& party, const std::string& id, Int now);

    Parts parts_;
    PrincipalCache cache_;
    std::mutex notes_; // a note is read, changed and written under it
};

} // namespace handprint::routes
