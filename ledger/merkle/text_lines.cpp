#include "ledger/merkle/text_lines.hpp"

#include "ledger/base/base64.hpp"

namespace handprint::merkle {

std::optional<std::string_view> take_line(std::string_view& in) noexcept {
    const std::size_t end = in.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = in.substr(0, end);
    in.remove_prefix(end + 1);
    return line;
}

Result<std::vector<Hash>> take_hash_lines(std::string_view& in, std::size_t limit) {
    std::vector<Hash> hashes;
    while (true) {
        const std::optional<std::string_view> line = take_line(in);
        if (!line) return fail("no empty line after the hashes");
        if (line->empty()) return hashes;
        if (hashes.size() == limit) return fail("too many hashes");
        const Result<Hash> hash = base64_to_array<32>(*line);
        if (!hash) return fail("a line is not the base64 of 32 bytes");
        hashes.push_back(*hash);
    }
}

void append_hash_lines(std::string& out, const std::vector<Hash>& hashes) {
    for (const Hash& hash : hashes)
        out += base64_encode(hash) + "\n";
    out += "\n";
}

} // namespace handprint::merkle
