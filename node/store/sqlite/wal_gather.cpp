#include "node/store/sqlite/wal_gather.hpp"

#include "node/store/sqlite/counting_vfs.hpp"
#include "node/store/sqlite/vfs_layer.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <new>

namespace handprint::store::sqlite {

namespace {

constexpr int most_gathered = 120 * 1024; // SQLite's own layer takes less than 128 KiB at a time

/// What is to be written at `offset`, in one piece.
struct Gathered {
    std::unique_ptr<std::uint8_t[]> bytes;
    sqlite3_int64 offset = 0;
    int size = 0;
};

/// SQLite gives the memory for it; the file beneath lies right after it.
struct WalFile {
    sqlite3_file base;
    Gathered* gathered;
};

WalFile& wal_file(sqlite3_file* file) {
    return *reinterpret_cast<WalFile*>(file);
}

sqlite3_file* beneath(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(&wal_file(file) + 1);
}

/// On failure all stays gathered: a later call begins again, and no sync gets past it.
int write_out(sqlite3_file* file) {
    Gathered& gathered = *wal_file(file).gathered;
    if (gathered.size == 0) return SQLITE_OK;
    sqlite3_file* real = beneath(file);
    const int code =
        real->pMethods->xWrite(real, gathered.bytes.get(), gathered.size, gathered.offset);
    if (code == SQLITE_OK) gathered.size = 0;
    return code;
}

int close(sqlite3_file* file) {
    sqlite3_file* real = beneath(file);
    const int code = real->pMethods->xClose(real);
    const std::unique_ptr<Gathered> gone(wal_file(file).gathered);
    file->pMethods = nullptr;
    return code;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    Gathered& gathered = *wal_file(file).gathered;
    const bool follows = offset == gathered.offset + gathered.size;
    if (!follows || size > most_gathered - gathered.size) {
        if (const int code = write_out(file); code != SQLITE_OK) return code;
    }
    if (!gathered.bytes || size > most_gathered) {
        sqlite3_file* real = beneath(file);
        return real->pMethods->xWrite(real, bytes, size, offset);
    }
    if (gathered.size == 0) gathered.offset = offset;
    std::memcpy(gathered.bytes.get() + gathered.size, bytes, static_cast<std::size_t>(size));
    gathered.size += size;
    return SQLITE_OK;
}

/// A call that goes on beneath, once the file holds what was written.
template <auto Method>
struct After;

template <class... Args, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Args...)>
struct After<Method> {
    static int call(sqlite3_file* file, Args... args) {
        if (const int code = write_out(file); code != SQLITE_OK) return code;
        sqlite3_file* real = beneath(file);
        return (real->pMethods->*Method)(real, args...);
    }
};

/// A call that goes on beneath.
template <auto Method>
struct Through;

template <class R, class... Args, R (*sqlite3_io_methods::*Method)(sqlite3_file*, Args...)>
struct Through<Method> {
    static R call(sqlite3_file* file, Args... args) {
        sqlite3_file* real = beneath(file);
        return (real->pMethods->*Method)(real, args...);
    }
};

using Io = sqlite3_io_methods;

constexpr Io wal_methods() {
    Io methods{};
    methods.iVersion = 1; // no memory map: reads come here
    methods.xClose = close;
    methods.xRead = After<&Io::xRead>::call;
    methods.xWrite = write;
    methods.xTruncate = After<&Io::xTruncate>::call;
    methods.xSync = After<&Io::xSync>::call;
    methods.xFileSize = After<&Io::xFileSize>::call;
    methods.xLock = Through<&Io::xLock>::call;
    methods.xUnlock = Through<&Io::xUnlock>::call;
    methods.xCheckReservedLock = Through<&Io::xCheckReservedLock>::call;
    methods.xFileControl = Through<&Io::xFileControl>::call;
    methods.xSectorSize = Through<&Io::xSectorSize>::call;
    methods.xDeviceCharacteristics = Through<&Io::xDeviceCharacteristics>::call;
    return methods;
}

constexpr Io gathering_methods = wal_methods();

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs* real = layer_beneath(vfs);
    // Every other file is opened as if this layer were not there.
    if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, out_flags);
    file->pMethods = nullptr; // else it would be closed
    sqlite3_file* under = beneath(file);
    under->pMethods = nullptr;
    auto gathered = std::unique_ptr<Gathered>(new (std::nothrow) Gathered);
    if (!gathered) return SQLITE_NOMEM;
    const int code = real->xOpen(real, name, under, flags, out_flags);
    if (code != SQLITE_OK) {
        if (under->pMethods != nullptr) under->pMethods->xClose(under);
        return code;
    }
    if ((under->pMethods->xDeviceCharacteristics(under) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0) {
        gathered->bytes.reset(new (std::nothrow) std::uint8_t[most_gathered]);
    }
    wal_file(file).gathered = gathered.release();
    file->pMethods = &gathering_methods;
    return SQLITE_OK;
}

const char* add_layer() {
    sqlite3_vfs* real = counting_vfs();
    if (real == nullptr) return nullptr;
    static sqlite3_vfs vfs = layer_over(real, "handprint");
    vfs.szOsFile += static_cast<int>(sizeof(WalFile));
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? vfs.zName : nullptr;
}

/// The WAL of a connection, null if it has none that is gathered.
sqlite3_file* gathering_file(sqlite3* db) {
    sqlite3_file* file = nullptr;
    const int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    const bool ours = code == SQLITE_OK && file != nullptr && file->pMethods == &gathering_methods;
    return ours ? file : nullptr;
}

} // namespace

const char* gathering_vfs() {
    static const char* const name = add_layer();
    return name;
}

int write_gathered(sqlite3* db) {
    sqlite3_file* file = gathering_file(db);
    return file == nullptr ? SQLITE_OK : write_out(file);
}

void drop_gathered(sqlite3* db) {
    if (sqlite3_file* file = gathering_file(db)) wal_file(file).gathered->size = 0;
}

} // namespace handprint::store::sqlite
