#include "node/app/demo_mark.hpp"

#include "node/files/files.hpp"

#include <array>
#include <filesystem>
#include <system_error>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

/// All that a founding makes beside the lock and the mark.
constexpr std::array founded_names = {
    "keys",
    "ledger.db",
    "ledger.db-journal",
    "ledger.db-shm",
    "ledger.db-wal",
    "ledger.db.part",
    "ledger.db.part-journal",
    "ledger.db.part-shm",
    "ledger.db.part-wal",
    "log",
    "people",
    "policy",
    "policy.new",
    "witness-1",
    "witness-2",
    "witness-3",
};

} // namespace

bool DemoMark::is_due() const {
    return is_set() || !fs::exists(files_.database());
}

bool DemoMark::is_set() const {
    return fs::exists(path());
}

Result<void> DemoMark::set() const {
    const bool interrupted = is_set();
    for (const std::string name : founded_names) {
        const std::string at = files_.dir() + '/' + name;
        std::error_code error;
        if (interrupted) {
            fs::remove_all(at, error);
            if (error) return fail("remove " + at + ": " + error.message());
        } else if (fs::exists(fs::symlink_status(at, error))) {
            return fail(
                files_.dir() + " has no ledger, but there is " + at
                + "; a demo is founded where nothing is in its way"
            );
        }
    }
    return interrupted ? files::sync_directory(files_.dir()) : write_text(path(), "", false);
}

Result<void> DemoMark::clear() const {
    if (auto ok = files::remove_if_there(path()); !ok) return ok;
    return files::sync_directory(files_.dir());
}

} // namespace handprint::app
