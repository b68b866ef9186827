#include "node/market/progress.hpp"

#include "ledger/base/check.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/hex.hpp"
#include "ledger/merkle/tree.hpp"

#include <algorithm>

namespace handprint::market {

namespace {

merkle::Frontier read(const std::string& progress) {
    if (progress.empty()) return {};
    const std::size_t colon = progress.find(':');
    HP_CHECK(colon != std::string::npos, "progress has a size");
    const auto size = parse_u64(std::string_view(progress).substr(0, colon));
    const auto bytes = hex_decode(std::string_view(progress).substr(colon + 1));
    HP_CHECK(size && bytes, "progress is what we wrote");
    std::vector<Hash> parts;
    for (std::size_t at = 0; at + 32 <= bytes->size(); at += 32) {
        Hash part{};
        std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(at), 32, part.begin());
        parts.push_back(part);
    }
    auto frontier = merkle::Frontier::from_parts(*size, std::move(parts));
    HP_CHECK(frontier.has_value(), "progress is what we wrote");
    return *frontier;
}

} // namespace

std::string progress_add(const std::string& progress, ByteView row) {
    merkle::Frontier frontier = read(progress);
    frontier.append(merkle::leaf_hash(row));
    std::string text = std::to_string(frontier.size()) + ':';
    for (const Hash& part : frontier.parts())
        text += hex_encode(part);
    return text;
}

Hash progress_root(const std::string& progress) {
    return read(progress).root();
}

} // namespace handprint::market
