#include "node/store/sqlite/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <vector>

namespace handprint::store::sqlite {

namespace {

Unexpected<Failure> system_failure(const std::string& doing) {
    return fail(doing + ": " + std::generic_category().message(errno));
}

class File {
public:
    File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }

    [[nodiscard]] int fd() const { return fd_; }

private:
    int fd_;
};

Result<void> sync(const std::string& path, int flags) {
    const File file(path, flags);
    if (file.fd() < 0 || ::fsync(file.fd()) != 0) return system_failure("sync " + path);
    return {};
}

std::string directory_of(const std::string& path) {
    const auto parent = std::filesystem::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

Result<void> remove_if_there(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_failure("remove " + path);
    return {};
}

} // namespace

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Result<void> start_part_file(const std::string& part) {
    // A journal left beside it would be rolled into the new file.
    for (const char* suffix : {"-journal", "-wal", "-shm", ""}) {
        if (auto removed = remove_if_there(part + suffix); !removed) return removed;
    }
    const File file(part, O_CREAT | O_EXCL | O_WRONLY);
    if (file.fd() < 0) return system_failure("create " + part);
    return {};
}

Result<void> publish(const std::string& part, const std::string& path) {
    if (auto synced = sync(part, O_RDONLY); !synced) return synced;
    // link() does not replace, which rename() would.
    if (::link(part.c_str(), path.c_str()) != 0) return system_failure("create " + path);
    if (auto removed = remove_if_there(part); !removed) return removed;
    return sync(directory_of(path), O_RDONLY | O_DIRECTORY);
}

Result<void> write_again(const std::string& path) {
    const File file(path, O_RDWR);
    if (file.fd() < 0) {
        if (errno == ENOENT) return {};
        return system_failure("open " + path);
    }
    std::vector<char> piece(std::size_t{1} << 20U);
    for (off_t at = 0;;) {
        const ssize_t size = ::pread(file.fd(), piece.data(), piece.size(), at);
        if (size < 0) return system_failure("read " + path);
        if (size == 0) break;
        const auto count = static_cast<std::size_t>(size);
        if (::pwrite(file.fd(), piece.data(), count, at) != size) {
            return system_failure("write " + path);
        }
        at += size;
    }
    if (::fsync(file.fd()) != 0) return system_failure("sync " + path);
    return sync(directory_of(path), O_RDONLY | O_DIRECTORY);
}

} // namespace handprint::store::sqlite
