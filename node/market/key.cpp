#include "node/market/key.hpp"

#include <functional>

namespace handprint::market {

Key row_key(const Row& row) {
    return std::visit([](const auto& r) { return row_key(r); }, row);
}

KeyView key_view(const Row& row) {
    return std::visit([](const auto& r) { return key_view(r); }, row);
}

std::uint64_t hash_of(const KeyView& key) {
    // Fibonacci mixing of the few words of a key; ordinals are small and dense.
    std::uint64_t h = 0x9E3779B97F4A7C15ULL;
    const auto mix = [&h](std::uint64_t word) {
        h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
        h ^= h >> 29U;
    };
    for (const auto n : key.n)
        mix(static_cast<std::uint64_t>(n));
    if (!key.text.empty()) mix(std::hash<std::string_view>{}(key.text));
    if (!key.text2.empty()) mix(std::hash<std::string_view>{}(key.text2) + 1);
    return h;
}

} // namespace handprint::market
