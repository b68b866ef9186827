#include "node/pipeline/log_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

namespace handprint::pipeline {

namespace {

namespace fs = std::filesystem;

Unexpected<Failure> failed(const char* what, const std::string& path) {
    const std::string why = std::generic_category().message(errno);
    return fail(std::string(what) + ' ' + path + ": " + why);
}

Result<void> sync_directory(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return failed("open", path);
    const bool ok = ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!ok) return failed("fsync", path);
    return {};
}

Result<void> write_synced(const std::string& path, ByteView bytes) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return failed("create", path);
    std::size_t at = 0;
    bool ok = true;
    while (ok && at < bytes.size()) {
        const auto written = ::write(fd, bytes.data() + at, bytes.size() - at);
        if (written < 0 && errno == EINTR) continue;
        ok = written > 0;
        if (ok) at += static_cast<std::size_t>(written);
    }
    ok = ok && ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    errno = error;
    if (!ok) return failed("write", path);
    return {};
}

/// Makes the directory and those above it, each made durable in its parent.
Result<void> make_directories(const fs::path& path) {
    if (fs::is_directory(path)) return {};
    if (path.has_parent_path() && path.parent_path() != path) {
        if (auto ok = make_directories(path.parent_path()); !ok) return ok;
    }
    std::error_code error;
    fs::create_directory(path, error);
    if (error && !fs::is_directory(path)) {
        return fail("mkdir " + path.string() + ": " + error.message());
    }
    return sync_directory(path.parent_path().string());
}

Result<void> put(const std::string& path, ByteView bytes) {
    const std::string temporary = path + ".new";
    if (auto ok = write_synced(temporary, bytes); !ok) return ok;
    if (::rename(temporary.c_str(), path.c_str()) != 0) return failed("rename", path);
    return {};
}

} // namespace

Result<Bytes> read_whole(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed("open", path);
    Bytes out;
    std::uint8_t buffer[65536];
    while (true) {
        const auto got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) {
            const auto failure = failed("read", path);
            ::close(fd);
            return failure;
        }
        if (got == 0) break;
        out.insert(out.end(), buffer, buffer + got);
    }
    ::close(fd);
    return out;
}

Result<void> write_whole(const std::string& path, ByteView bytes) {
    const fs::path parent = fs::path(path).parent_path();
    if (auto ok = make_directories(parent); !ok) return ok;
    if (auto ok = put(path, bytes); !ok) return ok;
    return sync_directory(parent.string());
}

Result<void> PublishedFiles::write_tiles(std::span<const merkle::TileFile> files) const {
    std::set<std::string> directories;
    for (const auto& file : files) {
        const std::string path = dir_ + '/' + merkle::tile_path(file.tile);
        const std::string parent = fs::path(path).parent_path().string();
        // Also for a file that is there: a round that failed may not have got as far as this.
        directories.insert(parent);
        if (const auto there = read_whole(path); there) {
            if (!equal(*there, file.bytes)) return fail("a published tile would change: " + path);
            continue;
        }
        if (auto ok = make_directories(parent); !ok) return ok;
        if (auto ok = put(path, file.bytes); !ok) return ok;
    }
    for (const auto& directory : directories) {
        if (auto ok = sync_directory(directory); !ok) return ok;
    }
    return {};
}

Result<void> PublishedFiles::write_share_list(const record::ShareList& list) const {
    const std::string path = dir_ + '/' + record::share_list_path(list.index);
    const std::string text = record::encode(list);
    const auto there = read_whole(path);
    if (there && !equal(*there, as_bytes(text))) {
        return fail("a published list would change: " + path);
    }
    // Also if it is there: who wrote it may not have got as far as its directory.
    return write_whole(path, as_bytes(text));
}

Result<Bytes> PublishedFiles::share_list(std::uint64_t index) const {
    return read_whole(dir_ + '/' + record::share_list_path(index));
}

Result<void> PublishedFiles::write_checkpoint(std::string_view note) const {
    return write_whole(dir_ + "/checkpoint", as_bytes(note));
}

Result<std::string> PublishedFiles::checkpoint() const {
    const std::string path = dir_ + "/checkpoint";
    if (!fs::exists(path)) return std::string{};
    auto bytes = read_whole(path);
    if (!bytes) return unexpected(bytes.error());
    return std::string(as_text(*bytes));
}

merkle::TileReader PublishedFiles::reader() const {
    return [dir = dir_](const std::string& path) { return read_whole(dir + '/' + path); };
}

Result<std::vector<merkle::Policy>> read_policies(const std::string& dir) {
    std::vector<merkle::Policy> policies;
    if (!fs::exists(dir)) return policies;
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(dir, error)) {
        if (entry.path().extension() != ".new") files.push_back(entry.path());
    }
    if (error) return fail(dir + ": " + error.message());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        const auto text = read_whole(file.string());
        if (!text) return unexpected(text.error());
        auto policy = merkle::Policy::parse(as_text(*text));
        if (!policy) return fail(file.string() + ": " + policy.error().what);
        policies.push_back(std::move(*policy));
    }
    return policies;
}

} // namespace handprint::pipeline
