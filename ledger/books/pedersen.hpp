#pragma once

#include "ledger/base/ristretto.hpp"

#include <cstdint>
#include <span>
#include <string_view>

// Pedersen commitments to amounts: C = v*B + r*H. Without the blind r a commitment says nothing of
// v; with it no other v fits. Commitments add up as their amounts and blinds do, so that whoever
// knows total and sum of blinds can check a list of them and sees no amount. Modulo L, though: that
// none of the amounts is negative only those can tell who see them.

namespace handprint::books {

inline constexpr std::string_view kGeneratorDomain = "handprint/pedersen-H/v1";
inline constexpr std::string_view kBlindDomain = "handprint/blind/v1";

/// H = point_from(SHA-512(kGeneratorDomain)), a point whose relation to B nobody knows.
[[nodiscard]] const GroupPoint& pedersen_generator();

/// SHA-512(kBlindDomain || 0x00 || seed || u64be(position)) modulo L: all blinds of a list
/// from one secret.
[[nodiscard]] Scalar blind_of(const Hash& seed, std::uint64_t position);

/// A value of 0 to 2^63 - 1; money is never negative here.
[[nodiscard]] GroupPoint commit_amount(std::int64_t value, const Scalar& blind);

/// Whether these valid points add up to the commitment to `total` under the sum of their blinds.
[[nodiscard]] bool
adds_up(std::span<const GroupPoint> commitments, std::int64_t total, const Scalar& blinds);

} // namespace handprint::books
