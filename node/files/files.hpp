#pragma once

// Files that appear whole and outlive a power failure: content synced before a name leads to it,
// names synced in their directory, directories in theirs. A failure says what was done to which
// path, and the system's words for why. Any thread; two writers of one path are the caller's to
// keep apart.

#include "ledger/base/bytes.hpp"
#include "ledger/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::files {

enum class Readers : std::uint8_t { everyone, owner };

/// Whether there is something of that name; failure if that cannot be known.
[[nodiscard]] Result<bool> is_there(const std::string& path);
/// Makes the directory and those above it.
[[nodiscard]] Result<void> make_directories(const std::string& path);
/// The names in it are durable on return.
[[nodiscard]] Result<void> sync_directory(const std::string& path);

/// Puts a file in its place, or in place of the one that was there, by way of `path`.new. Its name
/// is durable only after sync_directory(): for many files in one directory.
[[nodiscard]] Result<void>
put(const std::string& path, ByteView bytes, Readers readers = Readers::everyone);
/// make_directories(), put() and sync_directory(): durable on return.
[[nodiscard]] Result<void>
write_whole(const std::string& path, ByteView bytes, Readers readers = Readers::everyone);
/// Copies a file and who may read it, by way of `to`.part, which makes no part of it ever have the
/// name `to`. Its name is durable only after sync_directory().
[[nodiscard]] Result<void> copy(const std::string& from, const std::string& to);
/// A file for its owner alone, which must not be there yet; durable on return. After a failure or a
/// crash there may be a part of it.
[[nodiscard]] Result<void> write_new_secret(const std::string& path, ByteView bytes);

/// The path that an unfinished file of put() or copy() was to have, if that is what the name says;
/// else empty. Who writes the file anew writes it over.
[[nodiscard]] std::string_view of_leftover(std::string_view path) noexcept;

/// Gives a finished file its name, durably, and refuses to replace another: it appears whole or not
/// at all.
[[nodiscard]] Result<void> give_name(const std::string& part, const std::string& path);
/// Writes a file over with what it holds, and syncs it and its name. When a sync fails, the kernel
/// forgets that it owes those pages to the disk, and still shows them to whoever reads; only
/// writing them makes it remember. No file, nothing to do.
[[nodiscard]] Result<void> write_again(const std::string& path);
/// No file, nothing to do.
[[nodiscard]] Result<void> remove_if_there(const std::string& path);

/// Of whatever can be read, a pipe too; failure as soon as there are more than `most` bytes.
[[nodiscard]] Result<Bytes> read_whole(const std::string& path, std::size_t most = SIZE_MAX);
/// Of a regular file that is no symbolic link; failure if there are more than `most` bytes.
[[nodiscard]] Result<std::string> read_regular(const std::string& path, std::size_t most);
/// 32 bytes of a secret, kept as hexadecimal digits with the end of a line, or without.
[[nodiscard]] Result<Hash> read_seed(const std::string& path);

} // namespace handprint::files
