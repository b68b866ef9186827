#pragma once

// What the machine and a process on it do: the yardstick of raw signature checks, CPU time by
// thread, counters of a node.

#include "ledger/base/result.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace handprint::tools {

/// Ed25519 checks of a short message per second, on `threads` threads for about `seconds`; 0: a
/// thread for each core.
[[nodiscard]] double raw_verify_rate(double seconds, unsigned threads = 0);

/// CPU microseconds of one such check, whatever else the machine does.
[[nodiscard]] double verify_cpu_us();

/// Raises the limit of open files to `wanted`, or as far as it may: each connection is one.
void allow_open_files(std::size_t wanted);

[[nodiscard]] unsigned cores();
/// "AMD EPYC, 2 cores, Linux 6.1"
[[nodiscard]] std::string machine_name();

/// Failure if the directory is on a file system that a power cut empties (tmpfs, ramfs).
[[nodiscard]] Result<void> on_real_disk(const std::string& directory);

/// CPU seconds of a process by the name of the thread; "all" is the sum.
[[nodiscard]] std::map<std::string, double> cpu_by_thread(pid_t process);

/// Bytes that a process gave to the disk; 0 if it cannot be read.
[[nodiscard]] std::uint64_t bytes_written(pid_t process);
/// Peak resident memory, bytes.
[[nodiscard]] std::uint64_t peak_memory(pid_t process);

/// Three digits behind the point, as text: our JSON has no fractions.
[[nodiscard]] std::string ratio_text(double ratio);

/// Unlabelled values and labelled ones ("name{label}") of a text in Prometheus form.
[[nodiscard]] std::map<std::string, double> parse_metrics(std::string_view text);

} // namespace handprint::tools
