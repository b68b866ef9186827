#include "node/app/node_files.hpp"

#include "ledger/base/hex.hpp"
#include "node/files/files.hpp"
#include "node/pipeline/log_files.hpp"

#include <sodium/randombytes.h>
#include <sodium/utils.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>

namespace handprint::app {

namespace fs = std::filesystem;

void fill_random(std::span<std::uint8_t> out) {
    // Every entry takes several salts and nonces, and each question to the kernel costs as much as
    // a hash. What was given out is wiped here.
    struct Supply {
        std::array<std::uint8_t, 1024> bytes{};
        std::size_t used = bytes.size();
    };

    thread_local Supply supply;
    if (out.size() > 64) {
        randombytes_buf(out.data(), out.size());
        return;
    }
    if (supply.bytes.size() - supply.used < out.size()) {
        randombytes_buf(supply.bytes.data(), supply.bytes.size());
        supply.used = 0;
    }
    const auto taken = std::span(supply.bytes).subspan(supply.used, out.size());
    std::ranges::copy(taken, out.begin());
    sodium_memzero(taken.data(), taken.size());
    supply.used += out.size();
}

market::Int wall_clock_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch()
    )
        .count();
}

Result<void> write_text(const std::string& path, std::string_view text, bool secret) {
    return files::write_whole(
        path, as_bytes(text), secret ? files::Readers::owner : files::Readers::everyone
    );
}

Result<std::string> read_text(const std::string& path, std::size_t most) {
    auto bytes = files::read_whole(path, most);
    if (!bytes) return unexpected(bytes.error());
    return std::string(as_text(*bytes));
}

namespace {

Result<Hash> make_seed(const std::string& path) {
    Hash seed{};
    fill_random(seed);
    if (auto ok = write_text(path, hex_encode(seed) + '\n', true); !ok) {
        return unexpected(ok.error());
    }
    return seed;
}

Result<merkle::NoteSigner> make_log_key(const std::string& path, const std::string& origin) {
    Hash seed{};
    fill_random(seed);
    merkle::NoteSigner key(origin, KeyPair::from_seed(seed));
    if (auto ok = write_text(path, key.private_text() + '\n', true); !ok)
        return unexpected(ok.error());
    return key;
}

Result<merkle::NoteSigner> read_log_key(const std::string& path) {
    auto text = read_text(path);
    if (!text) return unexpected(text.error());
    while (!text->empty() && text->back() == '\n')
        text->pop_back();
    return merkle::NoteSigner::parse_private(*text);
}

} // namespace

std::string NodeFiles::archived_policy(std::uint32_t key_id) const {
    return policies() + '/' + pipeline::archived_policy_name(key_id);
}

Result<NodeKeys> NodeFiles::make_keys(const std::string& origin) const {
    if (!merkle::is_key_name(origin)) return fail("origin: not a name for a log: " + origin);
    if (fs::exists(key("log"))) return fail("there are keys in " + dir_ + " already");
    auto log = make_log_key(key("log"), origin);
    if (!log) return unexpected(log.error());
    const auto clock = make_seed(key("clock"));
    const auto promise = make_seed(key("promise"));
    const auto data = make_seed(key("data"));
    if (!clock || !promise || !data) return fail("keys could not be written in " + dir_);
    return NodeKeys{
        std::move(*log), KeyPair::from_seed(*clock), KeyPair::from_seed(*promise), *data
    };
}

Result<NodeKeys> NodeFiles::load_keys() const {
    auto log = read_log_key(key("log"));
    if (!log) return unexpected(log.error());
    const auto clock = files::read_seed(key("clock"));
    const auto promise = files::read_seed(key("promise"));
    const auto data = files::read_seed(key("data"));
    if (!clock) return unexpected(clock.error());
    if (!promise) return unexpected(promise.error());
    if (!data) return unexpected(data.error());
    return NodeKeys{
        std::move(*log), KeyPair::from_seed(*clock), KeyPair::from_seed(*promise), *data
    };
}

Result<merkle::NoteSigner> NodeFiles::next_log_key(const merkle::NoteSigner& present) const {
    const std::string path = key("log.next");
    const auto there = files::is_there(path);
    if (!there) return unexpected(there.error());
    if (!*there) return make_log_key(path, present.key().name);
    auto next = read_log_key(path);
    if (!next || !(next->key() == present.key())) return next;
    // It has been taken, by one who was stopped before this file was gone.
    if (auto ok = remove_next_log_key(); !ok) return unexpected(ok.error());
    return make_log_key(path, present.key().name);
}

Result<void> NodeFiles::remove_next_log_key() const {
    if (auto ok = files::remove_if_there(key("log.next")); !ok) return ok;
    return files::sync_directory(dir_ + "/keys");
}

Result<void> NodeFiles::take_next_log_key(const merkle::NoteSigner& next) const {
    if (auto ok = write_text(key("log"), next.private_text() + '\n', true); !ok) return ok;
    return remove_next_log_key();
}

} // namespace handprint::app
