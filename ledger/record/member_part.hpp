#pragma once

#include "ledger/base/crypto.hpp"
#include "ledger/books/account.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// Why an amount moved.
enum class LineKind : std::uint8_t { payout, returned, settled, share, top_up, wage };

[[nodiscard]] std::string_view name(LineKind kind) noexcept;
[[nodiscard]] Result<LineKind> parse_line_kind(std::string_view text);

/// One line of a payslip. `amount` is in minor units, positive in the member's favour: a credit to
/// payable/m:N or in_transit/m:N. So it is minus the posting's amount.
struct Line {
    books::AccountClass account = books::AccountClass::payable;
    std::int64_t amount = 0;
    Currency currency;
    LineKind what = LineKind::wage;
    std::optional<std::uint64_t> batch;
    std::optional<std::uint64_t> task;
    std::optional<std::uint64_t> distribution;
    std::optional<std::uint64_t> payout;
    std::optional<std::uint64_t> position = {}; // of a share in the list of its distribution
    std::optional<Hash> blind = {};             // of its commitment there

    bool operator==(const Line&) const = default;
};

/// A part that only one member (and an auditor with a logged grant) may open, section 5.
struct MemberPart {
    std::uint64_t member = 0;
    std::uint64_t counter = 0; // from 1
    Hash previous{};           // head(member, counter - 1)
    std::vector<Line> lines;
    Json evidence;                              // null, or an envelope as JSON
    std::optional<std::vector<PublicKey>> keys; // valid after this entry, in order
    std::optional<Json> answers; // kind submit: what the envelope says of the answers

    bool operator==(const MemberPart&) const = default;
};

/// The canonical bytes.
[[nodiscard]] std::string encode(const MemberPart& part);
/// The same with these texts as `evidence` and `answers`, which are canonical JSON already: not
/// parsed, only copied. Without answers the text is empty.
[[nodiscard]] std::string
encode(const MemberPart& part, std::string_view evidence, std::string_view answers);

/// Canonical bytes of the shape of section 5. `evidence` is null or any object; keys are in order.
[[nodiscard]] Result<MemberPart> parse_member_part(std::string_view bytes);

/// The same with evidence and answers as texts, which borrow the bytes; in `part` they are left
/// out.
struct MemberText {
    MemberPart part;
    std::string_view evidence;
    std::optional<EnvelopeText> envelope; // the same, if it is one of plain shape
    std::string_view answers;             // empty: none
};

/// Bytes of plain shape (JsonScan) that state no keys; else ask parse_member_part().
[[nodiscard]] std::optional<MemberText> scan_member_part(std::string_view bytes);

/// Keys are kept sorted by their base64 text, without repetition; this puts them in that order.
[[nodiscard]] std::vector<PublicKey> sorted_keys(std::vector<PublicKey> keys);
/// An array of base64 strings. The keys must be in order.
[[nodiscard]] Json keys_to_json(const std::vector<PublicKey>& keys);
[[nodiscard]] Result<std::vector<PublicKey>> keys_from_json(const Json& json);

} // namespace handprint::record
