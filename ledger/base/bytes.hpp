#pragma once

#include "ledger/base/result.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace handprint {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
/// A SHA-256 value.
using Hash = std::array<std::uint8_t, 32>;

/// The same memory seen as bytes; lives as long as `text` does.
[[nodiscard]] ByteView as_bytes(std::string_view text) noexcept;
/// The same memory seen as text; lives as long as `bytes` does. Says nothing about UTF-8.
[[nodiscard]] std::string_view as_text(ByteView bytes) noexcept;

[[nodiscard]] bool equal(ByteView a, ByteView b) noexcept;
[[nodiscard]] Bytes to_bytes(ByteView view);
void append(Bytes& out, ByteView more);

/// Big-endian (network order), appended.
void put_u16(Bytes& out, std::uint16_t value);
void put_u32(Bytes& out, std::uint32_t value);
void put_u64(Bytes& out, std::uint64_t value);

/// Read from the front of `in` and move it past what was read. On failure `in` is unchanged.
[[nodiscard]] Result<std::uint16_t> take_u16(ByteView& in);
[[nodiscard]] Result<std::uint32_t> take_u32(ByteView& in);
[[nodiscard]] Result<std::uint64_t> take_u64(ByteView& in);
[[nodiscard]] Result<ByteView> take_bytes(ByteView& in, std::size_t count);

/// A copy into an array of exactly that length, else a Failure.
template <std::size_t N>
[[nodiscard]] Result<std::array<std::uint8_t, N>> to_array(ByteView view) {
    if (view.size() != N) return fail("expected " + std::to_string(N) + " bytes");
    std::array<std::uint8_t, N> out{};
    std::copy(view.begin(), view.end(), out.begin());
    return out;
}

} // namespace handprint
