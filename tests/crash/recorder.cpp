#include "tests/crash/recorder.hpp"

#include "ledger/base/check.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string_view>

namespace handprint::crash {

namespace {

struct State {
    std::recursive_mutex mutex;
    bool on = false;
    bool noted = false;
    std::string directory;
    FaultPlan faults;
    SwallowPlan swallow;
    std::vector<Event> log;
    std::map<std::string, int> names; // of files, as a program sees them now
    std::set<std::string> directories;

    struct Open {
        int file = -1; // -1: the directory itself
        FileKind kind = FileKind::directory;
        std::string directory = {}; // its name
        std::int64_t at = 0;        // where write() goes on
    };

    std::map<int, Open> open; // by descriptor
    int files = 0;
    std::uint64_t calls = 0;
};

/// Never destroyed: files are closed after main(), too.
State& state() {
    static State& s = *new State;
    return s;
}

using Lock = std::lock_guard<std::recursive_mutex>;
using Kind = Event::Kind;

FileKind kind_of(std::string_view name) {
    if (name.ends_with("-wal")) return FileKind::wal;
    if (name.ends_with("-journal")) return FileKind::journal;
    return FileKind::database;
}

/// "a" for "a/b/..".
std::string without_up(const char* path) {
    const std::string_view whole = path;
    if (!whole.ends_with("/..")) return std::string(whole);
    return std::filesystem::path(whole).parent_path().parent_path().string();
}

/// The name inside the recorded directory, empty if it is elsewhere or shared memory.
std::string name_of(const State& s, const char* path) {
    const std::string_view whole = path;
    if (!s.on || whole.size() <= s.directory.size() + 1 || !whole.starts_with(s.directory)
        || whole[s.directory.size()] != '/' || whole.ends_with("-shm")) {
        return {};
    }
    return std::string(whole.substr(s.directory.size() + 1));
}

/// The recorded directory, or one in it.
bool is_directory(const State& s, const std::string& path) {
    return s.on && (s.directory == path || s.directories.contains(name_of(s, path.c_str())));
}

int fault(State& s, Call call, FileKind kind, std::size_t bytes = 0) {
    const std::uint64_t before = s.calls++;
    return s.faults ? s.faults(call, kind, bytes, before) : 0;
}

const State::Open* find(State& s, int fd) {
    const auto found = s.on ? s.open.find(fd) : s.open.end();
    return found == s.open.end() ? nullptr : &found->second;
}

int open_file(const char* path, int flags, mode_t mode) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, path);
    const bool creates = !name.empty() && (flags & O_CREAT) != 0 && !s.names.contains(name);
    if (creates) {
        errno = fault(s, Call::create, kind_of(name));
        if (errno != 0) return -1;
    }
    const int fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    if (fd < 0) return fd;
    const std::string straight = without_up(path);
    if (is_directory(s, straight)) {
        s.open[fd] = {.directory = name_of(s, straight.c_str())};
    } else if (!name.empty()) {
        if (creates) {
            s.names[name] = s.files++;
            s.log.push_back({.kind = Kind::create, .file = s.names[name], .name = name});
        }
        if (s.names.contains(name)) {
            s.open[fd] = {.file = s.names.at(name), .kind = kind_of(name)};
        }
        if ((flags & O_TRUNC) != 0)
            s.log.push_back({.kind = Kind::truncate, .file = s.names[name]});
    }
    return fd;
}

ssize_t write_file(int fd, const void* data, std::size_t count, std::int64_t offset) {
    State& s = state();
    const Lock lock(s.mutex);
    if (const State::Open* open = find(s, fd); open != nullptr && open->file >= 0) {
        errno = fault(s, Call::write, open->kind, count);
        if (errno != 0) return -1;
        const auto* bytes = static_cast<const std::uint8_t*>(data);
        s.log.push_back(
            {.kind = Kind::write,
             .file = open->file,
             .offset = offset,
             .data = Bytes(bytes, bytes + count)}
        );
    }
    return ::syscall(SYS_pwrite64, fd, data, count, offset);
}

/// Goes on where the last one ended.
ssize_t write_on(int fd, const void* data, std::size_t count) {
    State& s = state();
    {
        const Lock lock(s.mutex);
        const auto found = s.on ? s.open.find(fd) : s.open.end();
        if (found != s.open.end() && found->second.file >= 0) {
            const ssize_t written = write_file(fd, data, count, found->second.at);
            if (written > 0) found->second.at += written;
            return written;
        }
    }
    return ::syscall(SYS_write, fd, data, count);
}

int truncate_file(int fd, std::int64_t size) {
    State& s = state();
    const Lock lock(s.mutex);
    if (const State::Open* open = find(s, fd); open != nullptr && open->file >= 0) {
        errno = fault(s, Call::truncate, open->kind);
        if (errno != 0) return -1;
        s.log.push_back({.kind = Kind::truncate, .file = open->file, .offset = size});
    }
    return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

int sync_file(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    const State::Open* open = find(s, fd);
    if (open == nullptr) return 0;
    errno = fault(s, Call::sync, open->kind);
    if (errno != 0) {
        if (open->file >= 0) s.log.push_back({.kind = Kind::failed_sync, .file = open->file});
        return -1;
    }
    if (s.swallow && s.swallow(open->kind, s.noted)) return 0;
    s.log.push_back(
        {.kind = open->file < 0 ? Kind::sync_directory : Kind::sync,
         .file = open->file,
         .name = open->directory}
    );
    return 0;
}

int unlink_file(const char* path) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, path);
    if (s.names.contains(name)) {
        errno = fault(s, Call::unlink, kind_of(name));
        if (errno != 0) return -1;
        s.names.erase(name);
        s.log.push_back({.kind = Kind::unlink, .name = name});
    }
    return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

int link_file(const char* from, const char* to) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, to);
    if (!name.empty()) {
        errno = fault(s, Call::link, kind_of(name));
        if (errno != 0) return -1;
    }
    const int done = static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
    if (done == 0 && !name.empty()) {
        s.names[name] = s.names.at(name_of(s, from));
        s.log.push_back({.kind = Kind::link, .file = s.names[name], .name = name});
    }
    return done;
}

int rename_file(const char* from, const char* to) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, to), before = name_of(s, from);
    const bool known = s.names.contains(before) && !name.empty();
    if (known) {
        errno = fault(s, Call::rename, kind_of(name));
        if (errno != 0) return -1;
    }
    const int done = static_cast<int>(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
    if (done == 0 && known) {
        const int file = s.names.at(before);
        s.names.erase(before);
        s.names[name] = file;
        s.log.push_back({.kind = Kind::rename, .file = file, .name = name, .from = before});
    }
    return done;
}

int make_directory(const char* path, mode_t mode) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, path);
    const int done = static_cast<int>(::syscall(SYS_mkdirat, AT_FDCWD, path, mode));
    if (done == 0 && !name.empty()) {
        s.directories.insert(name);
        s.log.push_back({.kind = Kind::make_directory, .name = name});
    }
    return done;
}

int close_file(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    s.open.erase(fd);
    return static_cast<int>(::syscall(SYS_close, fd));
}

/// open() has a mode only when it may create a file.
mode_t mode_of(int flags, std::va_list arguments) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

} // namespace

void start_recording(const std::string& directory, FaultPlan faults, SwallowPlan swallow) {
    State& s = state();
    const Lock lock(s.mutex);
    HP_CHECK(!s.on, "one recording at a time");
    s.on = true;
    s.noted = false;
    s.directory = directory;
    s.faults = std::move(faults);
    s.swallow = std::move(swallow);
    s.log.clear();
    s.names.clear();
    s.directories.clear();
    s.open.clear();
    s.files = 0;
    s.calls = 0;
}

void note(std::int64_t what) {
    State& s = state();
    const Lock lock(s.mutex);
    if (!s.on) return;
    s.noted = true;
    s.log.push_back({.kind = Kind::note, .offset = what});
}

void restart_in(const std::string& directory) {
    State& s = state();
    const Lock lock(s.mutex);
    s.on = false; // copying is not recorded
    for (const auto& name : s.directories)
        std::filesystem::create_directories(directory + "/" + name);
    for (const auto& [name, file] : s.names) {
        std::filesystem::copy_file(s.directory + "/" + name, directory + "/" + name);
    }
    s.on = true;
    s.open.clear();
    s.directory = directory;
}

std::vector<Event> stop_recording() {
    State& s = state();
    const Lock lock(s.mutex);
    s.on = false;
    s.open.clear();
    return std::move(s.log);
}

std::uint64_t recorded_calls() {
    State& s = state();
    const Lock lock(s.mutex);
    return s.calls;
}

} // namespace handprint::crash

// The same names as in libc, found first by this program and by the libraries it loads.

namespace crash = handprint::crash;

extern "C" {

int open(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = crash::mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
    std::va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = crash::mode_of(flags, arguments);
    va_end(arguments);
    return crash::open_file(path, flags, mode);
}

ssize_t pwrite(int fd, const void* data, size_t count, off_t offset) {
    return crash::write_file(fd, data, count, offset);
}

ssize_t pwrite64(int fd, const void* data, size_t count, off64_t offset) {
    return crash::write_file(fd, data, count, offset);
}

ssize_t write(int fd, const void* data, size_t count) {
    return crash::write_on(fd, data, count);
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

int unlink(const char* path) noexcept {
    return crash::unlink_file(path);
}

int link(const char* from, const char* to) noexcept {
    return crash::link_file(from, to);
}

int rename(const char* from, const char* to) noexcept {
    return crash::rename_file(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
    return crash::make_directory(path, mode);
}

int close(int fd) {
    return crash::close_file(fd);
}

} // extern "C"
