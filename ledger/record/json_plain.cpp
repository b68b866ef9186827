#include "ledger/record/json_plain.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace handprint::record {

namespace {

constexpr bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/// Whether all of sixteen bytes are plain.
bool sixteen_plain(const char* text) {
    using Lanes [[gnu::vector_size(16)]] = signed char; // bytes from 0x80 on are below zero
    Lanes bytes{};
    std::memcpy(&bytes, text, sizeof bytes);
    const Lanes others = (bytes < 0x20) | (bytes == 0x7f) | (bytes == '"') | (bytes == '\\');
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), &others, sizeof others);
    return (words[0] | words[1]) == 0;
}

/// How many of eight bytes come before the first that is not plain.
std::size_t plain_of_eight(const char* text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = ones << 7U;
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    // The lowest byte that these find is right; it may make them find one above it.
    const auto below = [](std::uint64_t w, std::uint64_t byte) { return (w - ones * byte) & ~w; };
    const std::uint64_t others = word | below(word, 0x20) | below(word ^ (ones * '"'), 1)
                                 | below(word ^ (ones * '\\'), 1) | below(word ^ (ones * 0x7f), 1);
    return static_cast<std::size_t>(std::countr_zero(others & tops)) / 8;
}

} // namespace

std::string_view plain_prefix(std::string_view text) {
    const char* const end = text.data() + text.size();
    const char* to = text.data();
    std::size_t plain = 8;
    while (plain == 8 && end - to >= 8) {
        plain = plain_of_eight(to);
        to += plain;
        while (plain == 8 && end - to >= 16 && sixteen_plain(to))
            to += 16;
    }
    while (plain == 8 && to != end && is_plain(*to))
        ++to;
    return text.substr(0, static_cast<std::size_t>(to - text.data()));
}

} // namespace handprint::record
