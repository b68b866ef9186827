#pragma once

// Tries the power failures of a recorded run: at each moment when most is at stake, several disks,
// and whoever knows what was promised says what is wrong with what is left.

#include "tests/crash/crash_image.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace handprint::crash {

struct Judge {
    /// A note of the recording has come by; the ones before it are promises, too.
    std::function<void(std::int64_t note)> promised;
    /// Empty if what is in this directory keeps all promises so far, else what is wrong.
    std::function<std::string(const std::string& directory)> inspect;
};

struct Findings {
    std::size_t images = 0;
    std::string first; // what is wrong with the first bad one
};

struct Extent {
    std::size_t fates = 8;       // disks tried at each moment
    std::size_t from = 0;        // event of the recording
    std::size_t most = SIZE_MAX; // moments
    std::uint64_t seed = 0;      // other coins
};

/// Ends at the first bad disk. The images are made in `place`, which is emptied each time.
[[nodiscard]] Findings try_all_crashes(
    const std::vector<Event>& log,
    const std::string& place,
    const Judge& judge,
    const Extent& extent = {}
);

/// A sync that has something to do.
struct SyncPoint {
    std::size_t at = 0;               // its event
    std::vector<std::size_t> waiting; // events that it makes durable
};

[[nodiscard]] std::vector<SyncPoint> sync_points(const std::vector<Event>& log);
/// SQLite syncs the header of a WAL that begins anew at once; the first commit's own sync would do,
/// and nothing is acknowledged before that.
[[nodiscard]] bool only_begins_wal(const std::vector<Event>& log, const SyncPoint& point);
/// The recording without that sync, nor those after it that would do its work before more is
/// written to the same file or directory.
[[nodiscard]] std::vector<Event> without_sync(const std::vector<Event>& log, std::size_t at);

/// Whether the judge finds a bad disk, among those of 40 moments and several coins, once that sync
/// is taken away. `judge` makes one that has been promised nothing yet.
[[nodiscard]] bool is_missed(
    const std::vector<Event>& log,
    const SyncPoint& point,
    const std::string& place,
    const std::function<Judge()>& judge
);
/// What a sync is of: a directory, or a file under the name that it was made with.
[[nodiscard]] std::string name_of_synced(const std::vector<Event>& log, const SyncPoint& point);

[[nodiscard]] std::size_t count(const std::vector<Event>& log, Event::Kind kind);

} // namespace handprint::crash
