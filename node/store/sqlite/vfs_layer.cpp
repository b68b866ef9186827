#include "node/store/sqlite/vfs_layer.hpp"

#include <sqlite3.h>

namespace handprint::store::sqlite {

namespace {

/// A call that goes on beneath.
template <auto Method>
struct Through;

template <class R, class... Args, R (*sqlite3_vfs::*Method)(sqlite3_vfs*, Args...)>
struct Through<Method> {
    static R call(sqlite3_vfs* vfs, Args... args) {
        sqlite3_vfs* real = layer_beneath(vfs);
        return (real->*Method)(real, args...);
    }
};

} // namespace

sqlite3_vfs layer_over(sqlite3_vfs* beneath, const char* name) {
    using Vfs = sqlite3_vfs;
    Vfs vfs{};
    vfs.iVersion = beneath->iVersion < 2 ? beneath->iVersion : 2;
    vfs.szOsFile = beneath->szOsFile;
    vfs.mxPathname = beneath->mxPathname;
    vfs.zName = name;
    vfs.pAppData = beneath;
    vfs.xOpen = Through<&Vfs::xOpen>::call;
    vfs.xDelete = Through<&Vfs::xDelete>::call;
    vfs.xAccess = Through<&Vfs::xAccess>::call;
    vfs.xFullPathname = Through<&Vfs::xFullPathname>::call;
    vfs.xDlOpen = Through<&Vfs::xDlOpen>::call;
    vfs.xDlError = Through<&Vfs::xDlError>::call;
    vfs.xDlSym = Through<&Vfs::xDlSym>::call;
    vfs.xDlClose = Through<&Vfs::xDlClose>::call;
    vfs.xRandomness = Through<&Vfs::xRandomness>::call;
    vfs.xSleep = Through<&Vfs::xSleep>::call;
    vfs.xCurrentTime = Through<&Vfs::xCurrentTime>::call;
    vfs.xGetLastError = Through<&Vfs::xGetLastError>::call;
    vfs.xCurrentTimeInt64 = Through<&Vfs::xCurrentTimeInt64>::call;
    return vfs;
}

sqlite3_vfs* layer_beneath(sqlite3_vfs* layer) {
    return static_cast<sqlite3_vfs*>(layer->pAppData);
}

} // namespace handprint::store::sqlite
