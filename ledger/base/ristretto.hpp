#pragma once

#include "ledger/base/bytes.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>

// The group ristretto255 (RFC 9496): of prime order L = 2^252 +
// 27742317777372353535851937790883648493.

namespace handprint {

/// SHA-512 of the concatenation of the parts.
using WideHash = std::array<std::uint8_t, 64>;
[[nodiscard]] WideHash sha512(std::initializer_list<ByteView> parts);

/// A number modulo L, 32 bytes, least significant first.
struct Scalar {
    std::array<std::uint8_t, 32> bytes{};

    bool operator==(const Scalar&) const = default;
};

/// Below L: no other encoding of a number is one.
[[nodiscard]] bool is_canonical(const Scalar& scalar);
/// 64 bytes, least significant first, modulo L.
[[nodiscard]] Scalar reduce(const WideHash& bytes);
[[nodiscard]] Scalar scalar_of(std::uint64_t value);
[[nodiscard]] Scalar operator+(const Scalar& a, const Scalar& b);

/// An element of the group in its only encoding; the zeros are the neutral element.
struct GroupPoint {
    std::array<std::uint8_t, 32> bytes{};

    bool operator==(const GroupPoint&) const = default;
};

[[nodiscard]] bool is_valid(const GroupPoint& point);
/// The one-way map of RFC 9496 section 4.3.4: nobody knows how the point comes of another.
[[nodiscard]] GroupPoint point_from(const WideHash& bytes);
/// Both are valid.
[[nodiscard]] GroupPoint operator+(const GroupPoint& a, const GroupPoint& b);
/// Times a valid point. Zero gives the neutral element.
[[nodiscard]] GroupPoint operator*(const Scalar& scalar, const GroupPoint& point);
/// Times the base point of the group.
[[nodiscard]] GroupPoint times_base(const Scalar& scalar);

} // namespace handprint
