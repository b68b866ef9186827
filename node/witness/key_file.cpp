#include "node/witness/key_file.hpp"

#include <fcntl.h>
#include <sodium/randombytes.h>
#include <sodium/utils.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

namespace handprint::witness {

namespace {

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

Result<merkle::VerifierKey> make_key_file(const std::string& path, std::string_view name) {
    if (!merkle::is_key_name(name)) return fail("witness key: not a name: " + std::string(name));
    crypto_init();
    Seed seed{};
    randombytes_buf(seed.data(), seed.size());
    const KeyPair pair = KeyPair::from_seed(seed);
    sodium_memzero(seed.data(), seed.size());

    std::string text = merkle::NoteSigner(std::string(name), pair).private_text() + "\n";
    const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0) return fail("witness key: cannot make " + path);
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(file.get()) == 0;
    sodium_memzero(text.data(), text.size());
    if (!whole) return fail("witness key: cannot write " + path);
    return merkle::Cosigner(std::string(name), pair).key();
}

Result<merkle::Cosigner> load_key_file(const std::string& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) {
        return fail("witness key: cannot open " + path);
    }
    if ((about.st_mode & 077U) != 0) return fail("witness key: others can read " + path);
    std::array<char, 1024> text{};
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got <= 0) return fail("witness key: cannot read " + path);
    std::string_view line(text.data(), static_cast<std::size_t>(got));
    if (line.ends_with('\n')) line.remove_suffix(1);
    const Result<merkle::NoteSigner> signer = merkle::NoteSigner::parse_private(line);
    sodium_memzero(text.data(), text.size());
    if (!signer) return fail("witness key: " + path + ": " + signer.error().what);
    return merkle::Cosigner(signer->key().name, signer->pair());
}

} // namespace handprint::witness
