#pragma once

// What an audit is told and what it answers.

#include "ledger/base/result.hpp"
#include "ledger/merkle/policy.hpp"
#include "node/market/rows.hpp"
#include "node/pipeline/vault.hpp"
#include "node/store/store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace handprint::audit {

using market::Int;
using market::never;

/// One thing that is not as the ledger says. `code` is a stable word (docs/threat-model.md has the
/// list); the rest says where, as far as that is known.
struct Finding {
    std::string code{};
    std::string table{};  // of the store
    std::string key{};    // "batch=3,task=7"
    std::string column{}; // several, comma separated, where a hash or a seal covers them together
    Int entry = never;    // index of the entry at fault
    std::string file{};   // below the data directory: "log/checkpoint"
    std::string what{};   // one sentence
};

/// "task(batch=3,task=7).accepted: the ledger says 1, the table says 2"
[[nodiscard]] std::string text(const Finding& finding);

struct Figures {
    Int entries = 0, signatures = 0, parts = 0;
    Int erased_parts = 0;      // blanked: their commitment still stands
    Int not_decided_again = 0; // entries whose evidence was erased: folded only
    Int tables = 0, rows = 0, secrets = 0, blobs = 0;
    Int erased_blobs = 0;    // without a key
    Int unopened_closes = 0; // lists of closes that could not be read: no vault
    Int files = 0;
    Int leftovers = 0; // unfinished files of a publisher that was stopped
    Int published = 0; // size of the published checkpoint
    std::int64_t milliseconds = 0, replay_milliseconds = 0; // the second: until all is folded
};

struct Report {
    std::vector<Finding> findings;
    std::map<std::string, Int> left_out; // by code: more of the same
    Figures figures;

    [[nodiscard]] bool clean() const noexcept { return findings.empty(); }

    [[nodiscard]] bool has(std::string_view code) const;
    void add(Finding finding);
    void add_file(const char* code, const std::string& file, std::string what);
    /// Takes over what another check found and counted outside the entries.
    void merge(Report other);
};

/// The files of a published log at a moment. All but the checkpoint are made once, and stay.
struct LogFiles {
    bool is_published = false;           // whether there is a checkpoint
    Result<std::string> checkpoint = ""; // as it was, if it could be read
    std::vector<std::string> names;      // of all files, below the directory
};

struct Options {
    /// Opens what is kept outside the ledger; without it close lists and blobs stay closed.
    const pipeline::Vault* vault = nullptr;
    /// Where `checkpoint` and `tile/` are; empty: they are not looked at.
    std::string log_dir;
    /// Those of log_dir at a moment before the store was opened with one snapshot, so that none is
    /// newer than what the store holds; nothing: they are listed when the audit begins.
    std::optional<LogFiles> log_files = {};
    /// Whose keys and policies are held against the ledger; empty: none.
    std::string data_dir = {};
    /// The witness policy by which the published checkpoint is judged; empty: that of the
    /// entries.
    std::string policy;
    /// Threads that decode and verify; one more folds.
    unsigned threads = 2;
    /// Told by the caller's own thread how many entries of how many are folded; may be empty.
    std::function<void(Int done, Int total)> progress = {};
};

/// Reads everything and decides everything again. Failure only if the store cannot be read at all,
/// or if it grew meanwhile: it is to be at rest, or open with one snapshot.
[[nodiscard]] Result<Report> audit_store(store::Store& store, const Options& options);

} // namespace handprint::audit
