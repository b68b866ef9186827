#pragma once

// A published log as an outsider sees it: checkpoint, tiles, sums, distributions.

#include "ledger/base/result.hpp"
#include "ledger/books/journal.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/verdict.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace handprint::app {

struct CheckedLog {
    std::string reason, detail; // empty if all is well
    std::uint64_t size = 0;
    std::vector<merkle::WitnessedBy> witnesses;
    std::vector<books::ClassSum> sums;
    std::uint64_t distributions = 0; // sealed
    std::uint64_t lists = 0;         // of commitments, that add up
};

/// Reads the whole log at a URL or in a directory. Failure if there is none to read.
[[nodiscard]] Result<CheckedLog> check_log(const std::string& where, const merkle::Policy& policy);

} // namespace handprint::app
