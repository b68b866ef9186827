#include "node/market/key.hpp"

namespace handprint::market {

Key row_key(const Row& row) {
    return std::visit([](const auto& r) { return row_key(r); }, row);
}

} // namespace handprint::market

std::size_t std::hash<handprint::market::Key>::operator()(const handprint::market::Key& key) const {
    // Fibonacci mixing of the few words of a key; ordinals are small and dense.
    std::uint64_t h = 0x9E3779B97F4A7C15ULL * (key.table + 1ULL);
    const auto mix = [&h](std::uint64_t word) {
        h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
        h ^= h >> 29U;
    };
    for (const auto n : key.n)
        mix(static_cast<std::uint64_t>(n));
    if (!key.text.empty()) mix(std::hash<std::string_view>{}(key.text));
    if (!key.text2.empty()) mix(std::hash<std::string_view>{}(key.text2) + 1);
    return static_cast<std::size_t>(h);
}
