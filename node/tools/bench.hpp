#pragma once

// `handprint bench ...`: figures that can be made again on another machine.

#include <cstddef>
#include <cstdint>
#include <string>

namespace handprint::tools {

struct CompletionsOptions {
    std::string data = ".data/bench"; // scratch directories are made in here
    std::size_t members = 10'000;
    std::int64_t each =
        20; // assignments of a member, handed in one by one; and again as one bundle
    std::size_t connections = 1'000; // a tenth of the members at a time
    double verify_seconds = 2;       // of each run of the yardstick
    bool audit = true;               // run `handprint audit` on what the killed node left
    bool keep = false;               // leave the directory
    bool json = false;
};

/// Signed submissions over HTTP against the rate of raw signature checks. Ends by killing the node
/// under load: whatever it acknowledged must be there when it starts again.
[[nodiscard]] int bench_completions(const CompletionsOptions& options);

struct LedgerOptions {
    std::size_t entries = 1'000'000;
    bool json = false;
};

/// Appending to the Merkle frontier, with tiles.
[[nodiscard]] int bench_append(const LedgerOptions& options);
/// Inclusion proofs read from tiles.
[[nodiscard]] int bench_proof(const LedgerOptions& options);

struct ImportOptions {
    std::string data = ".data/bench"; // scratch directories are made in here
    std::size_t rows = 1'000'000;
    std::size_t members = 2'000; // whose submissions go on meanwhile
    std::size_t connections = 8;
    bool json = false;
};

/// How long others wait for their submissions while a large import runs: the 99th percentile
/// against 250 ms.
[[nodiscard]] int bench_import(const ImportOptions& options);

struct AuditOptions {
    std::string data; // of a node that is not running
    bool json = false;
};

/// Signatures per second of an audit against raw checks.
[[nodiscard]] int bench_audit(const AuditOptions& options);

/// Time until the node of that directory (of a demo that is not running) is ready, and its memory
/// then. `bench completions --keep` leaves such a directory.
[[nodiscard]] int bench_start(const AuditOptions& options);

} // namespace handprint::tools
