#include "node/client/key_file.hpp"

#include "ledger/base/base64.hpp"

#include <sodium/utils.h>

namespace handprint::client {

namespace {

constexpr std::string_view format = "handprint-key-v1";

Result<PartyKey> parse_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t second = line.rfind(' ');
    if (first == std::string_view::npos || second == first || line.substr(0, first) != format) {
        return fail("not one line of " + std::string(format) + " <party> <seed>");
    }
    const std::string_view party = line.substr(first + 1, second - first - 1);
    if (party.empty() || party.find(' ') != std::string_view::npos) return fail("no party");
    Seed seed{};
    const bool read = base64_decode_to(line.substr(second + 1), seed);
    PartyKey key{std::string(party), KeyPair::from_seed(seed)};
    sodium_memzero(seed.data(), seed.size());
    if (!read) return fail("the seed is not the base64 of 32 bytes");
    return key;
}

std::string line_of(std::string_view party, const KeyPair& key) {
    Seed seed = key.seed();
    std::string text = base64_encode(seed);
    sodium_memzero(seed.data(), seed.size());
    std::string line = std::string(format) + ' ' + std::string(party) + ' ' + text + '\n';
    keys::wipe(text);
    return line;
}

} // namespace

Result<void> write_key_file(const std::string& path, std::string_view party, const KeyPair& key) {
    std::string line = line_of(party, key);
    return keys::write_secret_file(path, line);
}

Result<void> rename_party(const std::string& path, std::string_view party, const KeyPair& key) {
    std::string line = line_of(party, key);
    return keys::replace_secret_file(path, line);
}

Result<PartyKey> read_key_file(const std::string& path) {
    auto line = keys::read_secret_line(path);
    if (!line) return unexpected(line.error());
    auto key = parse_line(*line);
    keys::wipe(*line);
    if (!key) return fail("key file: " + path + ": " + key.error().what);
    return key;
}

} // namespace handprint::client
