// The same names as in libc, found first by this program and by the libraries it loads. What few
// use is not recorded, but answered for a recorded file as by a kernel that does not have it:
// callers then do the same by calls that are.

#include "tests/crash/recorder_calls.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>

namespace crash = handprint::crash;

namespace {

/// open() has a mode only when it may create a file.
mode_t mode_of(int flags, std::va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int is_not_there(int error) {
    errno = error;
    return -1;
}

} // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file({AT_FDCWD, path}, flags, mode);
}

int open64(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file({AT_FDCWD, path}, flags, mode);
}

int openat(int directory, const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file({directory, path}, flags, mode);
}

int openat64(int directory, const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file({directory, path}, flags, mode);
}

int creat(const char* path, mode_t mode) {
    return crash::open_file({AT_FDCWD, path}, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int fd) {
    return crash::close_file(fd);
}

ssize_t write(int fd, const void* data, size_t count) {
    return crash::write_on(fd, data, count);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    if (!crash::is_recorded(fd)) return ::syscall(SYS_writev, fd, parts, count);
    ssize_t all = 0;
    for (int i = 0; i < count; ++i) {
        const ssize_t written = crash::write_on(fd, parts[i].iov_base, parts[i].iov_len);
        if (written < 0) return all > 0 ? all : written;
        all += written;
    }
    return all;
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
    return crash::write_file(fd, data, count, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t count, off64_t offset) {
    return crash::write_file(fd, data, count, offset);
}

ssize_t sendfile(int to, int from, off_t* offset, size_t count) noexcept {
    if (crash::is_recorded(to)) return is_not_there(EINVAL);
    return ::syscall(SYS_sendfile, to, from, offset, count);
}

ssize_t sendfile64(int to, int from, off64_t* offset, size_t count) noexcept {
    if (crash::is_recorded(to)) return is_not_there(EINVAL);
    return ::syscall(SYS_sendfile, to, from, offset, count);
}

ssize_t
copy_file_range(int from, off64_t* from_at, int to, off64_t* to_at, size_t count, unsigned flags) {
    if (crash::is_recorded(to)) return is_not_there(EINVAL);
    return ::syscall(SYS_copy_file_range, from, from_at, to, to_at, count, flags);
}

int ftruncate(int fd, off_t size) noexcept {
    return crash::truncate_file(fd, size);
}

int ftruncate64(int fd, off64_t size) noexcept {
    return crash::truncate_file(fd, size);
}

int fsync(int fd) {
    return crash::sync_file(fd);
}

int fdatasync(int fd) {
    return crash::sync_file(fd);
}

ssize_t read(int fd, void* data, size_t count) {
    return crash::may_read(fd) ? ::syscall(SYS_read, fd, data, count) : -1;
}

ssize_t pread(int fd, void* data, size_t count, off_t offset) {
    return crash::may_read(fd) ? ::syscall(SYS_pread64, fd, data, count, offset) : -1;
}

ssize_t pread64(int fd, void* data, size_t count, off64_t offset) {
    return crash::may_read(fd) ? ::syscall(SYS_pread64, fd, data, count, offset) : -1;
}

int stat(const char* path, struct stat* about) noexcept {
    if (!crash::may_look({AT_FDCWD, path})) return -1;
    return static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, about, 0));
}

int unlink(const char* path) noexcept {
    return crash::unlink_file({AT_FDCWD, path});
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    const crash::Place at{directory, path};
    return (flags & AT_REMOVEDIR) != 0 ? crash::remove_directory(at) : crash::unlink_file(at);
}

int rmdir(const char* path) noexcept {
    return crash::remove_directory({AT_FDCWD, path});
}

int remove(const char* path) noexcept {
    const crash::Place at{AT_FDCWD, path};
    if (crash::is_recorded_directory(at)) return crash::remove_directory(at);
    if (const int done = crash::unlink_file(at); done == 0 || errno != EISDIR) return done;
    return crash::remove_directory(at);
}

int link(const char* from, const char* to) noexcept {
    return crash::link_file({AT_FDCWD, from}, {AT_FDCWD, to});
}

int linkat(int above_from, const char* from, int above_to, const char* to, int flags) noexcept {
    if (flags != 0)
        return static_cast<int>(::syscall(SYS_linkat, above_from, from, above_to, to, flags));
    return crash::link_file({above_from, from}, {above_to, to});
}

int rename(const char* from, const char* to) noexcept {
    return crash::rename_file({AT_FDCWD, from}, {AT_FDCWD, to});
}

int renameat(int above_from, const char* from, int above_to, const char* to) noexcept {
    return crash::rename_file({above_from, from}, {above_to, to});
}

int mkdir(const char* path, mode_t mode) noexcept {
    return crash::make_directory({AT_FDCWD, path}, mode);
}

int mkdirat(int directory, const char* path, mode_t mode) noexcept {
    return crash::make_directory({directory, path}, mode);
}

} // extern "C"
