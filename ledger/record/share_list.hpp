#pragma once

#include "ledger/base/money.hpp"
#include "ledger/books/pedersen.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/merkle_list.hpp"
#include "ledger/record/payslip_file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The list of commitments of a distribution, section 18: outsiders see that the shares add up to
// the pool, a member finds the own share in it, and neither sees anybody else's.

namespace handprint::record {

inline constexpr std::string_view kShareListFormat = "handprint/distribution/v1";
inline constexpr std::string_view kShareDomain = "handprint/share/v1";
/// Fewer shares are not published unless members voted for open books.
inline constexpr std::uint64_t kLeastListed = 10;
inline constexpr std::size_t kMaxShareListBytes = 32U << 20U; // about 350,000 shares

/// One place of the list. The id is of one member and no other, so that two members with equal
/// amounts cannot be shown one place; it tells nobody else who they are.
struct ListedShare {
    Hash id{};
    GroupPoint commitment;

    bool operator==(const ListedShare&) const = default;
};

/// What a member must know to find the own share.
struct ShareOpening {
    std::uint64_t distribution = 0;
    std::uint64_t member = 0;
    std::int64_t amount = 0; // zero or more
    Scalar blind;
};

/// `id` is tagged(kShareDomain, blind || u64be(distribution) || u64be(member)).
[[nodiscard]] ListedShare list_share(const ShareOpening& share);
/// Leaf data: id || commitment.
[[nodiscard]] Bytes leaf_bytes(const ListedShare& share);
[[nodiscard]] MerkleList list_of(std::span<const ListedShare> shares);

/// The event of an entry of kind `distribution_seal`.
struct SharesSealed {
    Scalar blinds; // their sum
    std::uint64_t count = 0;
    Currency currency;
    std::uint64_t distribution = 0;
    bool listed = false;      // the list is published
    std::uint64_t opened = 0; // index of the entry that opened it
    std::int64_t pool = 0;
    Hash root{}; // of the list

    bool operator==(const SharesSealed&) const = default;
};

/// Failure unless `type` is `distribution_sealed` and the keys are those of section 9.
[[nodiscard]] Result<SharesSealed> shares_sealed_from_json(const Json& json);

/// The event, if `header` is that of a seal, the opening that of its coop part (whose JSON is
/// `coop`), and that has one event.
[[nodiscard]] Result<SharesSealed>
read_seal(const Header& header, const Opening& opening, const Json& coop);

/// The file of a distribution that is sealed at `index`.
struct ShareList {
    Opening coop; // of the seal; names nobody
    std::uint64_t index = 0;
    std::vector<ListedShare> shares;

    bool operator==(const ShareList&) const = default;
};

/// distribution/<index of the seal>, beside the tiles.
[[nodiscard]] std::string share_list_path(std::uint64_t index);
/// The index, if the path is one.
[[nodiscard]] std::optional<std::uint64_t> parse_share_list_path(std::string_view path);
[[nodiscard]] std::string encode(const ShareList& list);
/// Only the bytes that encode() writes.
[[nodiscard]] Result<ShareList> parse_share_list(std::string_view file);

/// What the public headers say of one distribution.
struct PublicRun {
    std::uint64_t opened = 0, sealed = 0; // indexes
    std::optional<Currency> currency;
    std::int64_t pool = 0;
    std::uint64_t count = 0;
    bool paid_out = false; // the chunks pay the pool out, all of it and nothing else
};

/// Follows a log header by header, in order. Not for use by two threads at once.
class RunWatch {
public:
    /// A distribution when this header is its seal.
    [[nodiscard]] std::optional<PublicRun> add(std::uint64_t index, const Header& header);

private:
    std::optional<PublicRun> open_;
    std::int64_t left_ = 0; // of the pool
};

/// Whether a file of a distribution is right: its seal is the one in the log, the list is the one
/// that the seal commits to, of the distribution that the headers show, without a place twice, and
/// its commitments add up to the pool. Failure says why.
[[nodiscard]] Result<SharesSealed>
check_share_list(std::string_view file, const PublicRun& run, const Header& seal);

} // namespace handprint::record
