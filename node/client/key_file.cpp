#include "node/client/key_file.hpp"

#include "ledger/base/base64.hpp"

#include <fcntl.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <sys/stat.h>
#include <unistd.h>

namespace handprint::client {

namespace {

constexpr std::string_view format = "handprint-key-v1";

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

void wipe(std::string& text) {
    sodium_memzero(text.data(), text.size());
}

Result<PartyKey> parse_line(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    const std::size_t first = line.find(' ');
    const std::size_t second = line.rfind(' ');
    if (first == std::string_view::npos || second == first || line.substr(0, first) != format) {
        return fail("not one line of " + std::string(format) + " <party> <seed>");
    }
    const std::string_view party = line.substr(first + 1, second - first - 1);
    if (party.empty() || party.find(' ') != std::string_view::npos) return fail("no party");
    auto bytes = base64_decode(line.substr(second + 1));
    if (!bytes) return fail("the seed is not base64");
    auto seed = to_array<32>(*bytes);
    sodium_memzero(bytes->data(), bytes->size());
    if (!seed) return fail("the seed is not 32 bytes");
    PartyKey key{std::string(party), KeyPair::from_seed(*seed)};
    sodium_memzero(seed->data(), seed->size());
    return key;
}

} // namespace

KeyPair new_key() {
    crypto_init();
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    const KeyPair key = KeyPair::from_seed(seed);
    sodium_memzero(seed.data(), seed.size());
    return key;
}

Result<void> write_key_file(const std::string& path, std::string_view party, const KeyPair& key) {
    Seed seed = key.seed();
    std::string text = base64_encode(seed);
    sodium_memzero(seed.data(), seed.size());
    std::string line = std::string(format) + ' ' + std::string(party) + ' ' + text + '\n';
    wipe(text);
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) {
        wipe(line);
        return fail("key file: cannot make " + path);
    }
    const ssize_t written = ::write(file.get(), line.data(), line.size());
    const bool whole = written == static_cast<ssize_t>(line.size()) && ::fsync(file.get()) == 0;
    wipe(line);
    if (!whole) return fail("key file: cannot write " + path);
    return {};
}

Result<PartyKey> read_key_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) {
        return fail("key file: cannot open " + path);
    }
    if ((about.st_mode & 077U) != 0) return fail("key file: others can read " + path);
    std::string text(1024, '\0');
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got <= 0) return fail("key file: cannot read " + path);
    auto key = parse_line(std::string_view(text.data(), static_cast<std::size_t>(got)));
    wipe(text);
    if (!key) return fail("key file: " + path + ": " + key.error().what);
    return key;
}

} // namespace handprint::client
