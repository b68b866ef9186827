#pragma once

// One load of `bench completions` and what the node did meanwhile: for people and for machines.

#include "ledger/record/json.hpp"
#include "node/tools/load.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace handprint::tools {

/// A node's counters and CPU at one moment.
struct Reading {
    std::map<std::string, double> cpu, metrics;
    std::uint64_t written = 0;
};

struct Phase {
    std::string name;
    std::size_t tasks = 0;
    LoadResult load;
    Reading before, after;
    std::uint32_t p50 = 0, p99 = 0;

    [[nodiscard]] double per_second() const;
    [[nodiscard]] double tasks_per_second() const;
    /// Of a group of threads, a submission.
    [[nodiscard]] double cpu_us(const std::string& thread) const;
    /// By how much a counter of the node has grown.
    [[nodiscard]] double metric(const std::string& counter) const;
};

/// How many commits had so many commands: the least of a bucket, and the number, in order. Only
/// buckets that have some.
[[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> commit_sizes(const Phase& phase);

/// `raw`: checks of signatures a second on all cores; `verify_us`: CPU time of one.
void print_phase(const Phase& phase, double raw, double verify_us);
[[nodiscard]] record::Json phase_json(const Phase& phase, double raw, double verify_us);

} // namespace handprint::tools
