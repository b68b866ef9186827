#pragma once

// What the functions of libc that the recorder defines do instead: the call itself, and a line in
// the log if it is of a recorded file.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace handprint::crash {

/// As for openat(): AT_FDCWD or a directory, and a path from there.
struct Place {
    int directory;
    const char* path;
};

int open_file(const Place& at, int flags, mode_t mode);
ssize_t write_file(int fd, const void* data, std::size_t count, std::int64_t offset);
/// Goes on where the last one ended.
ssize_t write_on(int fd, const void* data, std::size_t count);
int truncate_file(int fd, std::int64_t size);
int sync_file(int fd);
int unlink_file(const Place& at);
int remove_directory(const Place& at);
int link_file(const Place& from, const Place& to);
int rename_file(const Place& from, const Place& to);
int make_directory(const Place& at, mode_t mode);
int close_file(int fd);

/// False with an errno: the call is to fail.
[[nodiscard]] bool may_read(int fd);
[[nodiscard]] bool may_look(const Place& at);

[[nodiscard]] bool is_recorded(int fd);
[[nodiscard]] bool is_recorded_directory(const Place& at);

} // namespace handprint::crash
