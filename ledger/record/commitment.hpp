#pragma once

#include "ledger/base/bytes.hpp"

#include <initializer_list>
#include <string_view>

namespace handprint::record {

/// 32 random bytes, one draw per committed value. Without it nobody can find a short value by
/// trying.
using Salt = std::array<std::uint8_t, 32>;

inline constexpr std::string_view kCommitDomain = "handprint/commit/v1";
inline constexpr std::string_view kTermsDomain = "handprint/terms/v1";

/// SHA-256(kCommitDomain || 0x00 || salt || bytes): hides the bytes, binds to them (section
/// 2 of docs/ledger-format.md).
[[nodiscard]] Hash commit(const Salt& salt, ByteView bytes);
[[nodiscard]] Hash commit(const Salt& salt, std::string_view bytes);

/// SHA-256(domain || 0x00 || bytes), `domain` being "handprint/" name "/v1" and one of
/// fixed_names().domains.
[[nodiscard]] Hash tagged(std::string_view domain, ByteView bytes);

/// The hash of terms that a member agrees to, over the canonical bytes of the terms document.
[[nodiscard]] Hash terms_hash(std::string_view canonical_terms);

} // namespace handprint::record
