#pragma once

// How often this process has waited for the disk. A count of the process, as its CPU time is:
// whoever syncs a file adds to it, wherever that file is, and there is nothing that two counts
// could be of.

#include <cstdint>

namespace handprint::files {

enum class Synced : std::uint8_t {
    database, // by SQLite
    other     // what is published, and all else that is put in its place whole
};

/// Before or after a call of fsync() or fdatasync(). Any thread.
void count_sync(Synced what) noexcept;

/// Calls so far.
[[nodiscard]] std::uint64_t syncs(Synced what) noexcept;

} // namespace handprint::files
