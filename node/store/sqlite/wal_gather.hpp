#pragma once

// A layer below SQLite for the connection that writes. SQLite writes each page of a transaction to
// the WAL by itself, and its header apart: some hundred calls a commit. Here they are put one after
// the other in memory and go to the file in one call: at the latest in the sync that ends a commit,
// before it. The file gets the same bytes in the same order of offsets, and a commit is durable
// when its sync has returned, as ever.
//
// Nobody misses them meanwhile. Others read only frames below the end that SQLite makes known in
// the shared index, and with synchronous=FULL it does so after that sync. The connection itself
// reads through this layer, which writes first. So the layer is only for connections that sync
// every commit; on a disk where a write may damage its neighbours, SQLite writes on after the sync,
// and then nothing is gathered.

struct sqlite3;

namespace handprint::store::sqlite {

/// The name under which SQLite knows the layer; null if it cannot be had, which means the usual
/// one.
[[nodiscard]] const char* gathering_vfs();

/// Writes what is gathered, so that a full disk shows now. One of SQLite's codes.
[[nodiscard]] int write_gathered(sqlite3* db);

/// Forgets what is gathered: after a rollback, and before somebody else may write there.
void drop_gathered(sqlite3* db);

} // namespace handprint::store::sqlite
