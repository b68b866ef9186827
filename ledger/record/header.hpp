#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/time.hpp"
#include "ledger/books/journal.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

inline constexpr std::string_view kEntryFormat = "handprint/entry/v1";
/// A tile stores the length of an entry in 16 bits.
inline constexpr std::size_t kMaxHeaderBytes = 65'535;

/// By which right an entry came about.
enum class Authority : std::uint8_t {
    actor,    // the key of a party
    agent,    // a key under a requester's grant
    clock,    // the node's timer key
    anonymous // a one-time credential
};

/// Who may open a part.
enum class Role : std::uint8_t {
    coop, // every member; what the fold reads
    member,
    requester,
    delegate,
    clock
};

[[nodiscard]] std::string_view name(Authority authority) noexcept;
[[nodiscard]] Result<Authority> parse_authority(std::string_view text);
[[nodiscard]] std::string_view name(Role role) noexcept;
[[nodiscard]] Result<Role> parse_role(std::string_view text);

/// What a header says of a part: commit(salt, part bytes).
struct PartCommitment {
    Role role = Role::coop;
    Hash commit{};

    bool operator==(const PartCommitment&) const = default;
};

/// The public side of an entry, section 3. It names no person and holds no free text.
struct Header {
    std::string format = std::string(kEntryFormat);
    Authority authority = Authority::actor;
    std::string kind;
    std::vector<PartCommitment> parts; // the first is the coop part, and no other is
    std::uint64_t rules = 0;           // rule rows enacted before this entry
    std::vector<books::ClassSum> sums; // as books::class_sums() writes them
    Instant time;

    bool operator==(const Header&) const = default;
};

/// The canonical bytes, which are the leaf data of the log.
[[nodiscard]] std::string encode(const Header& header);

/// Canonical bytes with the keys and types of section 3: known names, one coop part at the front,
/// no negative rules or time. Does not judge the format string or what the sums add to.
[[nodiscard]] Result<Header> parse_header_shape(std::string_view bytes);

/// The rest: the format string, and sums that are in order and add to zero per currency.
[[nodiscard]] Result<void> check_header(const Header& header);

/// Both of the above.
[[nodiscard]] Result<Header> parse_header(std::string_view bytes);

/// SHA-256(0x00 || header bytes).
[[nodiscard]] Hash leaf_hash(std::string_view header_bytes);

} // namespace handprint::record
