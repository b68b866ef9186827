#pragma once

// Stands between this program and the kernel for every call that changes files: open, write,
// truncate, sync, link, rename, unlink, mkdir, rmdir. It defines those functions of libc itself, so
// it sees our own calls and those inside SQLite and libstdc++ alike, syncs of directories included.
// What libc does inside itself, as for fopen(), it does not see, and says so at the end. It writes
// a log from which crash_image.hpp makes the disks that a power failure could leave, and it can
// make any call fail. Nothing is really synced: the log says what would have been.

#include "ledger/base/bytes.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace handprint::crash {

enum class Call : std::uint8_t {
    create,
    write,
    truncate,
    sync,
    link,
    rename,
    unlink,
    // Asked about by start_faults() alone, for they change nothing or can be seen by their effect.
    open, // of what is there
    read,
    look, // stat()
    make_directory
};

enum class FileKind : std::uint8_t { database, wal, journal, directory };

struct Event {
    enum class Kind : std::uint8_t {
        create, // `name` now names the new file `file`
        link,   // `name` now names `file`, too
        rename, // `name` now names `file`, and `from` nothing
        unlink, // `name` is gone, of a file or a directory
        make_directory,
        write,
        truncate, // to `offset`
        sync,
        failed_sync,    // the kernel forgets what it had not written, and says so only once
        sync_directory, // `name`, empty for the recorded one
        note,           // by the test: `offset` says what
    };
    Kind kind;
    int file = -1;
    std::int64_t offset = 0;
    std::string name = {}; // relative to the recorded directory
    std::string from = {};
    Bytes data = {};
};

/// An errno with which to answer, 0 to go on. `before` is the number of calls of all kinds before.
using FaultPlan =
    std::function<int(Call call, FileKind kind, std::size_t bytes, std::uint64_t before)>;
/// Whether a sync of such a file is answered with success but not done; `noted`: after a note().
using SwallowPlan = std::function<bool(FileKind kind, bool noted)>;

/// Only what is in `directory` and below, which must be empty, is recorded; shared memory (-shm) is
/// not, as no power failure keeps it. One recording at a time.
void start_recording(const std::string& directory, FaultPlan faults = {}, SwallowPlan swallow = {});
void note(std::int64_t what);

/// As if the program had been killed and started again: its files, as the kernel has them, are now
/// copies in another directory, which the log goes on to record. What is still open is forgotten.
void restart_in(const std::string& directory);
/// What is in the directory now must be what was recorded.
[[nodiscard]] std::vector<Event> stop_recording();
/// The name of something in the directory that is not as recorded; empty if there is nothing.
[[nodiscard]] std::string escaped();

/// Calls so far of this recording.
[[nodiscard]] std::uint64_t recorded_calls();

/// A call to a file or directory of that name, empty for the directory itself.
struct NamedCall {
    Call call;
    FileKind kind;
    std::string name = {};
};

/// An errno with which to answer, 0 to go on. A plan that ends the process makes this call the
/// first that is not done.
using NamedPlan = std::function<int(const NamedCall& call)>;

/// Instead of a recording: the directory may hold files, no log is kept, and calls that only read
/// can fail too.
void start_faults(const std::string& directory, NamedPlan plan);
void stop_faults();

} // namespace handprint::crash
