#include "node/store/sqlite/counting_vfs.hpp"

#include "node/files/sync_count.hpp"
#include "node/store/sqlite/vfs_layer.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <list>
#include <mutex>

namespace handprint::store::sqlite {

namespace {

using Io = sqlite3_io_methods;

/// What a file of the layer beneath can do, with a count. `own` comes first: a file points at it,
/// and so at all of this.
struct Counted {
    Io own{};
    const Io* real = nullptr;
    const Counted* afterwards = nullptr; // what the file has after its first sync
};

int sync(sqlite3_file* file, int flags) {
    files::count_sync(files::Synced::database);
    return reinterpret_cast<const Counted*>(file->pMethods)->real->xSync(file, flags);
}

/// Of a new file whose name must be durable: with its first sync its directory is synced, too.
int sync_with_name(sqlite3_file* file, int flags) {
    const int code = sync(file, flags);
    if (code != SQLITE_OK) return code;
    files::count_sync(files::Synced::database);
    file->pMethods = &reinterpret_cast<const Counted*>(file->pMethods)->afterwards->own;
    return code;
}

/// Both for one kind of file; SQLite has a few.
struct Kind {
    explicit Kind(const Io* real) {
        usual = {*real, real, &usual};
        usual.own.xSync = sync;
        with_name = {*real, real, &usual};
        with_name.own.xSync = sync_with_name;
    }

    Kind(const Kind&) = delete;
    Kind& operator=(const Kind&) = delete;

    Counted usual, with_name;
};

/// Made once for each, and never destroyed: files are closed after main(), too.
const Kind& kind_of(const Io* real) {
    static std::mutex& mutex = *new std::mutex;
    static std::list<Kind>& kinds = *new std::list<Kind>;
    const std::lock_guard lock(mutex);
    const auto known =
        std::ranges::find_if(kinds, [real](const Kind& kind) { return kind.usual.real == real; });
    return known == kinds.end() ? kinds.emplace_back(real) : *known;
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs* real = layer_beneath(vfs);
    const int code = real->xOpen(real, name, file, flags, out_flags);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    const Kind& kind = kind_of(file->pMethods);
    constexpr int named = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;
    const bool makes_name = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & named) != 0;
    file->pMethods = makes_name ? &kind.with_name.own : &kind.usual.own;
    return code;
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    sqlite3_vfs* real = layer_beneath(vfs);
    const int code = real->xDelete(real, name, sync_directory);
    if (code == SQLITE_OK && sync_directory != 0) files::count_sync(files::Synced::database);
    return code;
}

sqlite3_vfs* add_layer() {
    sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
    if (real == nullptr) return nullptr;
    static sqlite3_vfs vfs = layer_over(real, "handprint-counting");
    vfs.xOpen = open;
    vfs.xDelete = remove;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? &vfs : nullptr;
}

} // namespace

sqlite3_vfs* counting_vfs() {
    static sqlite3_vfs* const vfs = add_layer();
    return vfs;
}

} // namespace handprint::store::sqlite
