#include "node/files/files.hpp"

#include "ledger/base/hex.hpp"
#include "node/files/sync_count.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

namespace handprint::files {

namespace {

namespace fs = std::filesystem;

Unexpected<Failure> failed(const char* doing, const std::string& path) {
    return fail(std::string(doing) + ' ' + path + ": " + std::generic_category().message(errno));
}

Unexpected<Failure> too_large(const std::string& path, std::size_t most) {
    return fail(path + " has more than " + std::to_string(most) + " bytes");
}

/// Closes a file descriptor, and leaves errno as it was.
class File {
public:
    File(const std::string& path, int flags, mode_t mode = 0)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    ~File() {
        const int error = errno;
        if (descriptor_ >= 0) ::close(descriptor_);
        errno = error;
    }

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }

    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

std::string directory_of(const std::string& path) {
    std::string parent = fs::path(path).parent_path().string();
    return parent.empty() ? "." : parent;
}

bool write_all(int descriptor, ByteView bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

int fsync_counted(int descriptor) {
    count_sync(Synced::other);
    return ::fsync(descriptor);
}

Result<void> sync(const std::string& path, int flags) {
    const File file(path, flags);
    if (!file.is_open()) return failed("open", path);
    if (fsync_counted(file.get()) != 0) return failed("sync", path);
    return {};
}

Result<void> write_synced(const std::string& path, ByteView bytes, int flags, mode_t mode) {
    const File file(path, O_WRONLY | O_CREAT | flags, mode);
    if (!file.is_open()) return failed("create", path);
    if (!write_all(file.get(), bytes)) return failed("write", path);
    if (fsync_counted(file.get()) != 0) return failed("sync", path);
    return {};
}

bool is_directory(const std::string& path) {
    std::error_code error;
    return fs::is_directory(path, error);
}

} // namespace

Result<bool> is_there(const std::string& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::exists(status)) return true;
    if (status.type() == fs::file_type::not_found) return false;
    return fail("look for " + path + ": " + error.message());
}

Result<void> make_directories(const std::string& path) {
    if (path.empty()) return {};
    const auto there = is_there(path);
    if (!there) return unexpected(there.error());
    if (*there) return is_directory(path) ? Result<void>{} : fail(path + " is not a directory");
    const std::string above = directory_of(path);
    if (above != path) {
        if (auto ok = make_directories(above); !ok) return ok;
    }
    std::error_code error;
    fs::create_directory(path, error);
    if (error && !is_directory(path)) return fail("mkdir " + path + ": " + error.message());
    return sync_directory(above);
}

Result<void> sync_directory(const std::string& path) {
    return sync(path, O_RDONLY | O_DIRECTORY);
}

Result<void> put(const std::string& path, ByteView bytes, Readers readers) {
    const std::string temporary = path + ".new";
    const mode_t mode = readers == Readers::owner ? 0600 : 0644;
    if (auto ok = write_synced(temporary, bytes, O_TRUNC, mode); !ok) return ok;
    if (std::rename(temporary.c_str(), path.c_str()) != 0) return failed("rename", path);
    return {};
}

Result<void> write_whole(const std::string& path, ByteView bytes, Readers readers) {
    const std::string parent = directory_of(path);
    if (auto ok = make_directories(parent); !ok) return ok;
    if (auto ok = put(path, bytes, readers); !ok) return ok;
    return sync_directory(parent);
}

Result<void> copy(const std::string& from, const std::string& to) {
    const File source(from, O_RDONLY);
    struct stat about{};
    if (!source.is_open() || ::fstat(source.get(), &about) != 0) return failed("open", from);
    const std::string part = to + ".part";
    const File target(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (!target.is_open()) return failed("create", part);
    // Before there is anything in it to read.
    if (::fchmod(target.get(), about.st_mode & 0777U) != 0) return failed("chmod", part);
    Bytes piece(std::size_t{1} << 20U);
    while (true) {
        const auto got = ::read(source.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read", from);
        if (got == 0) break;
        if (!write_all(target.get(), ByteView(piece).first(static_cast<std::size_t>(got))))
            return failed("write", part);
    }
    if (fsync_counted(target.get()) != 0) return failed("sync", part);
    if (std::rename(part.c_str(), to.c_str()) != 0) return failed("rename", to);
    return {};
}

std::string_view of_leftover(std::string_view path) noexcept {
    for (const std::string_view end : {".new", ".part"}) {
        if (path.ends_with(end)) return path.substr(0, path.size() - end.size());
    }
    return {};
}

Result<void> write_new_secret(const std::string& path, ByteView bytes) {
    if (auto ok = write_synced(path, bytes, O_EXCL, 0600); !ok) return ok;
    return sync_directory(directory_of(path));
}

Result<void> give_name(const std::string& part, const std::string& path) {
    if (auto synced = sync(part, O_RDONLY); !synced) return synced;
    // link() does not replace, which rename() would.
    if (::link(part.c_str(), path.c_str()) != 0) return failed("create", path);
    if (auto removed = remove_if_there(part); !removed) return removed;
    return sync_directory(directory_of(path));
}

Result<void> write_again(const std::string& path) {
    const File file(path, O_RDWR);
    if (!file.is_open() && errno == ENOENT) return {};
    if (!file.is_open()) return failed("open", path);
    std::vector<char> piece(std::size_t{1} << 20U);
    for (off_t at = 0;;) {
        const ssize_t size = ::pread(file.get(), piece.data(), piece.size(), at);
        if (size < 0) return failed("read", path);
        if (size == 0) break;
        if (::pwrite(file.get(), piece.data(), static_cast<std::size_t>(size), at) != size) {
            return failed("write", path);
        }
        at += size;
    }
    if (fsync_counted(file.get()) != 0) return failed("sync", path);
    return sync_directory(directory_of(path));
}

Result<void> remove_if_there(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("remove", path);
    return {};
}

Result<Bytes> read_whole(const std::string& path, std::size_t most) {
    const File file(path, O_RDONLY);
    if (!file.is_open()) return failed("open", path);
    Bytes out;
    std::uint8_t buffer[65536];
    while (true) {
        const auto got = ::read(file.get(), buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read", path);
        if (got == 0) return out;
        if (static_cast<std::size_t>(got) > most - out.size()) return too_large(path, most);
        out.insert(out.end(), buffer, buffer + got);
    }
}

Result<Hash> read_seed(const std::string& path) {
    const auto text = read_whole(path);
    if (!text) return unexpected(text.error());
    auto digits = as_text(*text);
    while (digits.ends_with('\n'))
        digits.remove_suffix(1);
    Hash seed{};
    if (!hex_decode_to(digits, seed)) return fail(path + " does not hold 64 hex digits");
    return seed;
}

Result<std::string> read_regular(const std::string& path, std::size_t most) {
    const File file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    struct stat about{};
    if (!file.is_open() || ::fstat(file.get(), &about) != 0) return failed("open", path);
    if (!S_ISREG(about.st_mode)) return fail(path + " is no regular file");
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size > most) {
        return too_large(path, most);
    }
    std::string text(size, '\0');
    for (std::size_t done = 0; done < size;) {
        const auto got = ::read(file.get(), text.data() + done, size - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("read", path);
        if (got == 0) return fail(path + " became shorter while it was read");
        done += static_cast<std::size_t>(got);
    }
    return text;
}

} // namespace handprint::files
