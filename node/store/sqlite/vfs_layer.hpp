#pragma once

// A layer between SQLite and the system that passes every call on to the one beneath it; who makes
// it sets what is to be done otherwise.

struct sqlite3_vfs;

namespace handprint::store::sqlite {

/// `beneath` must outlive it. Takes no call yet: sqlite3_vfs_register() makes it known.
[[nodiscard]] sqlite3_vfs layer_over(sqlite3_vfs* beneath, const char* name);

[[nodiscard]] sqlite3_vfs* layer_beneath(sqlite3_vfs* layer);

} // namespace handprint::store::sqlite
