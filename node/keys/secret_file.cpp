#include "node/keys/secret_file.hpp"

#include "node/files/files.hpp"

#include <fcntl.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace handprint::keys {

namespace {

constexpr std::size_t most_bytes = 1024;

/// Closes a file descriptor.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}

    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    [[nodiscard]] int get() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

} // namespace

KeyPair new_key() {
    crypto_init();
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    const KeyPair key = KeyPair::from_seed(seed);
    sodium_memzero(seed.data(), seed.size());
    return key;
}

void wipe(std::string& text) {
    sodium_memzero(text.data(), text.size());
}

Result<void> write_secret_file(const std::string& path, std::string& text) {
    auto written = files::write_new_secret(path, as_bytes(text));
    wipe(text);
    if (!written) return fail("key file: " + written.error().what);
    return {};
}

Result<void> replace_secret_file(const std::string& path, std::string& text) {
    auto written = files::write_whole(path, as_bytes(text), files::Readers::owner);
    wipe(text);
    if (!written) return fail("key file: " + written.error().what);
    return {};
}

Result<std::string> read_secret_line(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) {
        return fail(
            "key file: cannot open " + path + ": " + std::generic_category().message(errno)
        );
    }
    if ((about.st_mode & 077U) != 0) return fail("key file: others can read " + path);
    std::string text(most_bytes, '\0');
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got <= 0) return fail("key file: cannot read " + path);
    text.resize(static_cast<std::size_t>(got));
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

} // namespace handprint::keys
