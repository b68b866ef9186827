#include "ledger/record/json_plain.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace handprint::record {

namespace {

constexpr bool is_plain(char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

// How many bytes of a block come before the first that is not plain.

#if defined(__SSE2__)

constexpr std::size_t block = 16;

std::size_t plain_of_block(const char* text) {
    __m128i bytes;
    std::memcpy(&bytes, text, sizeof bytes);
    const auto are = [&bytes](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    // Bytes from 0x80 on are below zero.
    const __m128i others = _mm_or_si128(
        _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), are(0x7f)),
        _mm_or_si128(are('"'), are('\\'))
    );
    const auto which = static_cast<std::uint32_t>(_mm_movemask_epi8(others));
    return static_cast<std::size_t>(std::countr_zero(which | 1U << block));
}

#else

constexpr std::size_t block = 8;

std::size_t plain_of_block(const char* text) {
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

#endif

} // namespace

std::string_view plain_prefix(std::string_view text) {
    std::size_t to = 0;
    std::size_t plain = block;
    while (plain == block && text.size() - to >= block) {
        plain = plain_of_block(text.data() + to);
        to += plain;
    }
    while (plain == block && to != text.size() && is_plain(text[to]))
        ++to;
    return text.substr(0, to);
}

} // namespace handprint::record
