#include "node/store/sqlite/backup.hpp"

#include "node/files/files.hpp"
#include "node/store/sqlite/files.hpp"

#include <sqlite3.h>

namespace handprint::store::sqlite {

namespace {

SqlResult<> copy_pages(Connection& from, Connection& to) {
    sqlite3_backup* backup = sqlite3_backup_init(to.raw(), "main", from.raw(), "main");
    if (backup == nullptr) return unexpected(to.error(sqlite3_extended_errcode(to.raw()), "copy"));
    // In one step: a copy in several would start again at each commit.
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped == SQLITE_DONE && finished == SQLITE_OK) return {};
    return unexpected(to.error(finished != SQLITE_OK ? finished : stepped, "copy"));
}

} // namespace

Result<void> copy_database(const ConnectionOptions& from, const std::string& path) {
    if (exists(path)) return fail("there is a file already: " + path);
    const std::string part = path + ".part";
    if (auto started = start_part_file(part); !started) return started;
    {
        // A connection of its own: a copy takes long, and the pool has few.
        auto source = Connection::open(from);
        if (!source) return failure(source.error());
        ConnectionOptions options = from;
        options.path = part;
        options.access = Access::create;
        auto copy = Connection::open(options);
        if (!copy) return failure(copy.error());
        if (auto done = copy_pages(**source, **copy); !done) return failure(done.error());
    }
    return files::give_name(part, path);
}

} // namespace handprint::store::sqlite
