#pragma once

// A layer below SQLite that counts what it syncs, into files::syncs(Synced::database). It changes
// nothing else: a file is that of the layer beneath, with another function for the sync.

struct sqlite3_vfs;

namespace handprint::store::sqlite {

/// SQLite's usual layer with the count; null if it cannot be had.
[[nodiscard]] sqlite3_vfs* counting_vfs();

} // namespace handprint::store::sqlite
