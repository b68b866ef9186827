#pragma once

// A published log as an outsider sees it: checkpoint, tiles, sums, distributions.

#include "ledger/base/result.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/verdict.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace handprint::app {

struct CheckedLog {
    std::string reason, detail; // empty if all is well
    std::uint64_t size = 0;
    std::vector<merkle::WitnessedBy> witnesses;
    std::optional<std::uint64_t> seen; // by a quorum, in seconds since 1970
    std::vector<books::ClassSum> sums;
    std::uint64_t distributions = 0; // sealed
    std::uint64_t lists = 0;         // of commitments, that add up
};

/// A node has an idle log cosigned anew every minute; a log that no quorum has seen for so long is
/// stale: either the witnesses are away, or somebody serves an old one.
inline constexpr std::int64_t kStaleAfterSeconds = 600;

/// When a quorum last saw it, how long ago, and a warning if that is too long.
[[nodiscard]] std::string age_text(const CheckedLog& log, std::int64_t now_seconds);

/// Reads the whole log at a URL or in a directory. Failure if there is none to read. `progress`,
/// which may be empty, is told how many of its files have been read; those with entries are read
/// twice.
[[nodiscard]] Result<CheckedLog> check_log(
    const std::string& where,
    const merkle::Policy& policy,
    std::function<void(std::uint64_t done, std::uint64_t total)> progress = {}
);

} // namespace handprint::app
