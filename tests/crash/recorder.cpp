#include "tests/crash/recorder.hpp"

#include "ledger/base/check.hpp"
#include "tests/crash/crash_image.hpp"
#include "tests/crash/recorder_calls.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
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
    NamedPlan plan; // instead of a log
    std::vector<Event> log;
    std::map<std::string, int> names; // of files, as a program sees them now
    std::set<std::string> directories;

    struct Open {
        int file = -1; // -1: the directory itself
        FileKind kind = FileKind::directory;
        std::string name = {}; // under which it was opened
        std::int64_t at = 0;   // where write() goes on
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
std::string without_up(const std::string& path) {
    if (!path.ends_with("/..")) return path;
    return std::filesystem::path(path).parent_path().parent_path().string();
}

/// The name inside the recorded directory, empty if it is elsewhere or shared memory.
std::string name_of(const State& s, std::string_view whole) {
    if (!s.on || whole.size() <= s.directory.size() + 1 || !whole.starts_with(s.directory)
        || whole[s.directory.size()] != '/' || whole.ends_with("-shm")) {
        return {};
    }
    return std::string(whole.substr(s.directory.size() + 1));
}

/// From the root, where there is something to record.
std::string full(const State& s, const Place& place) {
    if (!s.on || place.path[0] == '/') return place.path;
    std::error_code error;
    const auto above = place.directory == AT_FDCWD
                           ? std::filesystem::current_path(error)
                           : std::filesystem::read_symlink(
                                 "/proc/self/fd/" + std::to_string(place.directory), error
                             );
    return (above / place.path).string();
}

/// The recorded directory, or one in it.
bool is_directory(const State& s, const std::string& path) {
    return s.on && (s.directory == path || s.directories.contains(name_of(s, path)));
}

int fault(State& s, Call call, FileKind kind, const std::string& name, std::size_t bytes = 0) {
    const std::uint64_t before = s.calls++;
    if (s.plan) return s.plan({call, kind, name});
    return s.faults ? s.faults(call, kind, bytes, before) : 0;
}

/// Of a call that only start_faults() asks about.
int named_fault(State& s, Call call, FileKind kind, const std::string& name) {
    return s.on && s.plan ? s.plan({call, kind, name}) : 0;
}

void keep(State& s, Event event) {
    if (!s.plan) s.log.push_back(std::move(event));
}

const State::Open* find(State& s, int fd) {
    const auto found = s.on ? s.open.find(fd) : s.open.end();
    return found == s.open.end() ? nullptr : &found->second;
}

} // namespace

int open_file(const Place& at, int flags, mode_t mode) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string path = full(s, at);
    const std::string name = name_of(s, path);
    const std::string straight = without_up(path);
    const bool of_directory = is_directory(s, straight);
    const bool creates = !name.empty() && (flags & O_CREAT) != 0 && !s.names.contains(name);
    errno = 0;
    if (creates) {
        errno = fault(s, Call::create, kind_of(name), name);
    } else if (of_directory) {
        errno = named_fault(s, Call::open, FileKind::directory, name_of(s, straight));
    } else if (s.names.contains(name)) {
        errno = named_fault(s, Call::open, kind_of(name), name);
    }
    if (errno != 0) return -1;
    const int fd = static_cast<int>(::syscall(SYS_openat, at.directory, at.path, flags, mode));
    if (fd < 0) return fd;
    s.open.erase(fd); // closed inside libc, where nobody sees it
    if (of_directory) {
        s.open[fd] = {.name = name_of(s, straight)};
    } else if (!name.empty()) {
        if (creates) {
            s.names[name] = s.files++;
            keep(s, {.kind = Kind::create, .file = s.names[name], .name = name});
        }
        if (s.names.contains(name)) {
            s.open[fd] = {.file = s.names.at(name), .kind = kind_of(name), .name = name};
        }
        if ((flags & O_TRUNC) != 0) keep(s, {.kind = Kind::truncate, .file = s.names[name]});
    }
    return fd;
}

ssize_t write_file(int fd, const void* data, std::size_t count, std::int64_t offset) {
    State& s = state();
    const Lock lock(s.mutex);
    if (const State::Open* open = find(s, fd); open != nullptr && open->file >= 0) {
        errno = fault(s, Call::write, open->kind, open->name, count);
        if (errno != 0) return -1;
        const auto* bytes = static_cast<const std::uint8_t*>(data);
        keep(
            s,
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
        errno = fault(s, Call::truncate, open->kind, open->name);
        if (errno != 0) return -1;
        keep(s, {.kind = Kind::truncate, .file = open->file, .offset = size});
    }
    return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}

int sync_file(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    const State::Open* open = find(s, fd);
    if (open == nullptr) return 0;
    errno = fault(s, Call::sync, open->kind, open->name);
    if (errno != 0) {
        if (open->file >= 0) keep(s, {.kind = Kind::failed_sync, .file = open->file});
        return -1;
    }
    if (s.swallow && s.swallow(open->kind, s.noted)) return 0;
    keep(
        s,
        {.kind = open->file < 0 ? Kind::sync_directory : Kind::sync,
         .file = open->file,
         .name = open->file < 0 ? open->name : std::string()}
    );
    return 0;
}

bool is_recorded(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    return find(s, fd) != nullptr;
}

bool is_recorded_directory(const Place& at) {
    State& s = state();
    const Lock lock(s.mutex);
    return s.directories.contains(name_of(s, full(s, at)));
}

int unlink_file(const Place& at) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, full(s, at));
    const bool known = s.names.contains(name);
    if (known) {
        errno = fault(s, Call::unlink, kind_of(name), name);
        if (errno != 0) return -1;
    }
    const int done = static_cast<int>(::syscall(SYS_unlinkat, at.directory, at.path, 0));
    if (done == 0 && known) {
        s.names.erase(name);
        keep(s, {.kind = Kind::unlink, .name = name});
    }
    return done;
}

int remove_directory(const Place& at) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, full(s, at));
    const int done = static_cast<int>(::syscall(SYS_unlinkat, at.directory, at.path, AT_REMOVEDIR));
    if (done == 0 && s.directories.erase(name) > 0) keep(s, {.kind = Kind::unlink, .name = name});
    return done;
}

int link_file(const Place& from, const Place& to) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, full(s, to)), before = name_of(s, full(s, from));
    if (!name.empty()) {
        HP_CHECK(s.names.contains(before), "a link is to a recorded file");
        errno = fault(s, Call::link, kind_of(name), name);
        if (errno != 0) return -1;
    }
    const int done =
        static_cast<int>(::syscall(SYS_linkat, from.directory, from.path, to.directory, to.path, 0)
        );
    if (done == 0 && !name.empty()) {
        s.names[name] = s.names.at(before);
        keep(s, {.kind = Kind::link, .file = s.names[name], .name = name});
    }
    return done;
}

int rename_file(const Place& from, const Place& to) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, full(s, to)), before = name_of(s, full(s, from));
    const bool known = !name.empty();
    HP_CHECK(known == !before.empty(), "nothing is renamed into what is recorded, or out of it");
    HP_CHECK(!s.directories.contains(before), "no directory is renamed");
    if (known) {
        errno = fault(s, Call::rename, kind_of(name), name);
        if (errno != 0) return -1;
    }
    const int done =
        static_cast<int>(::syscall(SYS_renameat, from.directory, from.path, to.directory, to.path));
    if (done == 0 && known) {
        const int file = s.names.at(before);
        s.names.erase(before);
        s.names[name] = file;
        keep(s, {.kind = Kind::rename, .file = file, .name = name, .from = before});
    }
    return done;
}

int make_directory(const Place& at, mode_t mode) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = name_of(s, full(s, at));
    if (!name.empty()) {
        errno = named_fault(s, Call::make_directory, FileKind::directory, name);
        if (errno != 0) return -1;
    }
    const int done = static_cast<int>(::syscall(SYS_mkdirat, at.directory, at.path, mode));
    if (done == 0 && !name.empty()) {
        s.directories.insert(name);
        keep(s, {.kind = Kind::make_directory, .name = name});
    }
    return done;
}

int close_file(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    s.open.erase(fd);
    return static_cast<int>(::syscall(SYS_close, fd));
}

bool may_read(int fd) {
    State& s = state();
    const Lock lock(s.mutex);
    const State::Open* open = find(s, fd);
    errno = open == nullptr ? 0 : named_fault(s, Call::read, open->kind, open->name);
    return errno == 0;
}

bool may_look(const Place& at) {
    State& s = state();
    const Lock lock(s.mutex);
    const std::string name = s.on ? name_of(s, full(s, at)) : std::string();
    const FileKind kind = s.directories.contains(name) ? FileKind::directory : kind_of(name);
    errno = name.empty() ? 0 : named_fault(s, Call::look, kind, name);
    return errno == 0;
}

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
    keep(s, {.kind = Kind::note, .offset = what});
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

std::string escaped() {
    State& s = state();
    const Lock lock(s.mutex);
    if (!s.on || !std::filesystem::exists(s.directory)) return {};
    s.on = false; // reading is not recorded
    Disk disk;
    for (const Event& event : s.log) {
        // What a failed sync takes off the disk is still shown to whoever reads.
        if (event.kind != Kind::failed_sync) disk.apply(event);
    }
    const Image image = disk.crash({.writes = Fate::kept, .names = Fate::kept});
    std::string other = other_than(image, s.directory);
    s.on = true;
    return other;
}

std::vector<Event> stop_recording() {
    State& s = state();
    const Lock lock(s.mutex);
    if (const std::string other = escaped(); !other.empty()) {
        std::fprintf(stderr, "not as recorded: %s\n", other.c_str());
        HP_CHECK(false, "every call that changes a file is recorded");
    }
    s.on = false;
    s.open.clear();
    return std::move(s.log);
}

void start_faults(const std::string& directory, NamedPlan plan) {
    start_recording(directory);
    State& s = state();
    const Lock lock(s.mutex);
    s.on = false; // looking at what is there is not asked about
    for (const auto& there : std::filesystem::recursive_directory_iterator(directory)) {
        const std::string name = std::filesystem::relative(there.path(), directory).string();
        if (there.is_directory()) {
            s.directories.insert(name);
        } else if (!name.ends_with("-shm")) {
            s.names[name] = s.files++;
        }
    }
    s.plan = std::move(plan);
    s.on = true;
}

void stop_faults() {
    State& s = state();
    const Lock lock(s.mutex);
    s.on = false;
    s.open.clear();
    s.plan = {};
}

std::uint64_t recorded_calls() {
    State& s = state();
    const Lock lock(s.mutex);
    return s.calls;
}

} // namespace handprint::crash
