#pragma once

// Agent keys in the node's keeping, made for requesters. One that no grant has named yet can do
// nothing, and a party has few of them. Thread-safe.

#include "node/pipeline/keyring.hpp"
#include "node/pipeline/sequencer.hpp"
#include "node/pipeline/vault.hpp"

#include <mutex>
#include <string>

namespace handprint::routes {

using market::Int;

class Agents {
public:
    struct Parts {
        store::Store& store;
        const pipeline::Vault& vault;
        const pipeline::KeyRing& keys;
        pipeline::Clock clock;
    };

    static constexpr std::size_t most_unused = 20; // of a party
    static constexpr Int unused_ms = 24LL * 3600 * 1000;

    explicit Agents(Parts parts) : parts_(std::move(parts)) {}

    /// The public key. Refused while the party has many that no grant has named; after a day one of
    /// those makes room.
    [[nodiscard]] Result<std::string, market::Refusal> make(const std::string& party);

private:
    /// What is known of unused keys of the party, and what is to be removed with the next one.
    struct Notes {
        std::size_t unused = 0;
        std::vector<store::SecretRecord> gone;
    };

    [[nodiscard]] Result<Notes> read(const std::string& party);

    Parts parts_;
    std::mutex notes_;
};

} // namespace handprint::routes
