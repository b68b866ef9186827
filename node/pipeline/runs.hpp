#pragma once

// The steps of work that is too large for one entry: chunks and seals of imports, distributions and
// payouts. The next step always follows from the tables, so a restart simply goes on.
//
// A step counts as taken when its run's row has changed. A run whose step could not be made, was
// refused or was not committed rests, longer each time, while the others go on. A rest is counted
// in looks and not in time: the log's clock may stand for hours after it was set back.

#include "ledger/base/result.hpp"
#include "node/market/command.hpp"
#include "node/market/state.hpp"
#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace handprint::pipeline {

/// A chunk of tasks as it waits for its entry; sealed under kind "staged", id batch/chunk.
struct StagedChunk {
    Hash salt{};
    Int count = 0;
    Hash commit{};
    std::vector<Hash> externals{};       // salted hashes of the tasks' names
    std::vector<market::OwnTerms> own{}; // of tasks with terms of their own
};

[[nodiscard]] Bytes encode(const StagedChunk& chunk);
[[nodiscard]] Result<StagedChunk> decode_staged(ByteView bytes);
[[nodiscard]] std::string chunk_id(Int batch, Int chunk);

/// Rows of a distribution that may be opened now, or of the open one: the same from the same
/// tables.
[[nodiscard]] Result<std::vector<market::ShareOf>>
shares_of(store::Store& store, Int project, market::Amount pool);
/// Members whose payable at the newest close is at least the minimum.
[[nodiscard]] Result<std::vector<market::PaidTo>> payees_of(
    store::Store& store, const Vault& vault, Int period, const std::string& currency, Int minimum
);

class Runs {
public:
    Runs(store::Store& store, const Vault& vault) : store_(store), vault_(vault) {}

    /// Looks at all tables: at start and after an unknown outcome. Rests go on.
    [[nodiscard]] Result<void> rebuild();
    /// A row as it was committed.
    void row(const market::Row& row);

    /// Whether a distribution or a payout is under way.
    [[nodiscard]] bool pays() const {
        return distribution_ != market::never || payout_ != market::never;
    }

    /// Whether a run is under way that does not rest.
    [[nodiscard]] bool ready() const;

    /// One look: the next commands of a run, in order and for one commit, none if there is nothing
    /// to do now, or why a run cannot go on. Reads committed tables only: once for each commit.
    [[nodiscard]] Result<std::vector<market::Command>> next();

private:
    enum class Kind { distribution, payout, import_tasks };
    using Run = std::pair<Kind, Int>;

    struct Rest {
        Int left = 0;   // looks until the next try
        Int length = 0; // of the whole rest
    };

    void take(const market::Row& row);
    [[nodiscard]] bool under_way(const Run& run) const;
    [[nodiscard]] bool rests(const Run& run) const;
    [[nodiscard]] std::optional<Run> turn() const;
    void try_later(const Run& run);
    [[nodiscard]] Result<std::vector<market::Command>> steps(const Run& run);
    [[nodiscard]] Result<std::vector<market::Command>> import_steps(Int batch);
    [[nodiscard]] Result<market::Command> import_chunk(Int batch, Int chunk);
    [[nodiscard]] Result<market::Command> distribution_step(Int number);
    [[nodiscard]] Result<market::Command> payout_step(Int number);
    template <class R, class... Parts>
    [[nodiscard]] Result<R> load(const Parts&... parts);

    store::Store& store_;
    const Vault& vault_;
    std::set<Int> importing_;
    Int last_import_ = market::never; // imports take turns
    Int distribution_ = market::never, payout_ = market::never;
    Int cached_distribution_ = market::never, cached_payout_ = market::never;
    std::vector<market::ShareOf> shares_;
    std::vector<market::PaidTo> payees_;
    std::map<Run, Rest> rests_;
};

} // namespace handprint::pipeline
