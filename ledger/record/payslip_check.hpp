#pragma once

#include "ledger/record/close.hpp"
#include "ledger/record/header.hpp"
#include "ledger/record/member_part.hpp"
#include "ledger/record/payslip.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The checks behind verify_payslip(), in pieces. Each returns nothing if all is well, else the
// reason; they build on those before and are run in the order of section 13.

namespace handprint::record {

struct PayslipFault {
    std::string reason;
    std::string detail;
};

using PayslipCheck = std::optional<PayslipFault>;

/// A close with its texts read. `event` is there once it is known to be a close.
struct ReadClose {
    const ProvenClose* proven = nullptr;
    Header header;
    Hash leaf{};
    Json coop;
    std::optional<Position> position;
    PeriodClosed event;
};

struct ReadEntry {
    const ProvenEntry* proven = nullptr;
    Header header;
    Hash leaf{};
    MemberPart part;
};

struct ReadShare {
    const ProvenShare* proven = nullptr;
    Header header;
    Hash leaf{};
    Json coop;
};

/// A payslip with its texts read; points into the Payslip it was read from.
struct ReadPayslip {
    const Payslip* payslip = nullptr;
    ReadClose closing;
    std::optional<ReadClose> opening;
    std::vector<ReadEntry> entries;
    std::vector<ReadShare> shares;

    /// Where the member stood at the opening: zero, without keys and balances if the close before
    /// does not know the member or there is none.
    [[nodiscard]] Position start() const;
};

/// `malformed`, as far as the texts inside the file are concerned.
[[nodiscard]] Result<ReadPayslip> read_payslip(const Payslip& payslip);

/// closing_* and opening_*; fills the events in.
[[nodiscard]] PayslipCheck check_closes(ReadPayslip& slip, const merkle::Checkpoint& checkpoint);

/// entry_not_included, entry_out_of_range, header_wrong, part_not_committed.
[[nodiscard]] PayslipCheck
check_entries(const ReadPayslip& slip, const merkle::Checkpoint& checkpoint);

/// chain_gap, chain_broken.
[[nodiscard]] PayslipCheck check_chain(const ReadPayslip& slip);

/// signature_invalid, keys_differ; counts the signatures.
[[nodiscard]] PayslipCheck check_signatures(const ReadPayslip& slip, PayslipVerdict& verdict);

/// balance_mismatch; fills the totals in.
[[nodiscard]] PayslipCheck check_balances(const ReadPayslip& slip, PayslipVerdict& verdict);

/// shares_differ, seal_not_included, seal_not_a_seal, share_not_committed.
[[nodiscard]] PayslipCheck
check_shares(const ReadPayslip& slip, const merkle::Checkpoint& checkpoint);

/// promise_invalid, promise_missing, promise_broken; counts those kept.
[[nodiscard]] PayslipCheck check_promises(
    const ReadPayslip& slip, std::span<const std::string> promises, PayslipVerdict& verdict
);

/// What is wrong with the proof that a leaf is at the index, or nothing.
[[nodiscard]] std::optional<std::string> not_included(
    std::uint64_t index,
    const Hash& leaf,
    const std::vector<Hash>& proof,
    const merkle::Checkpoint& checkpoint
);

/// "entry 3 (index 4711)", counting from 0.
[[nodiscard]] std::string name_of(const ReadPayslip& slip, std::size_t entry);

} // namespace handprint::record
