#pragma once

// Grants as they were committed, for whoever acts under one outside the sequencer: a browser
// session of the requester, an API key. The sequencer tells of a grant before it answers the
// command that made or revoked it, and decides on its own whether the agent key may act.
// Thread-safe.

#include "node/pipeline/job.hpp"

#include <optional>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace handprint::routes {

using market::Int;

class Grants final : public pipeline::Follower {
public:
    void row(const market::Row& row) override;

    void claim(Int, Int, Int, const std::vector<Int>&) override {}

    /// Keeps what it has: every row it was told of is durable, and will be told again.
    void forget() override {}

    [[nodiscard]] std::optional<market::GrantRow> find(Int grant) const;

    /// Those of a requester that are neither revoked nor over, the best for a command of this kind
    /// first: one that names the kind, then one for every batch, then the newest.
    [[nodiscard]] std::vector<market::GrantRow>
    live(Int requester, std::string_view kind, Int now) const;

    /// All that a requester ever signed and did not revoke, those that are over too; oldest first.
    [[nodiscard]] std::vector<market::GrantRow> unrevoked(Int requester) const;

    [[nodiscard]] static bool is_live(const market::GrantRow& grant, Int now) noexcept {
        return grant.revoked == market::never && grant.expires > now;
    }

private:
    mutable std::shared_mutex mutex_;
    std::unordered_map<Int, market::GrantRow> grants_;
    std::unordered_map<Int, std::vector<Int>> unrevoked_; // by requester, oldest first
};

} // namespace handprint::routes
