#pragma once

#include "ledger/books/account.hpp"
#include "ledger/merkle/policy.hpp"
#include "ledger/merkle/verdict.hpp"
#include "ledger/record/payslip_file.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::record {

/// What a period did to one class of a member's accounts in one currency: minor units, positive in
/// the member's favour.
struct PayslipTotal {
    books::AccountClass account_class = books::AccountClass::payable;
    Currency currency;
    std::int64_t opening = 0;
    std::int64_t lines = 0; // sum of the lines; opening + lines = closing
    std::int64_t closing = 0;

    bool operator==(const PayslipTotal&) const = default;
};

/// What the check of a payslip found. Fields are filled as far as the check got; only `ok` makes
/// them trustworthy.
struct PayslipVerdict {
    bool ok = false;
    /// Empty if ok, else one of section 13's: "chain_gap", "quorum_not_met" ... The same in every
    /// implementation.
    std::string reason;
    /// For people: which entry or line is at fault and what about it.
    std::string detail;

    std::string log;
    std::uint64_t member = 0;
    std::uint64_t period = 0;
    std::uint64_t size = 0; // of the checkpoint
    std::vector<merkle::WitnessedBy> witnesses;
    std::size_t entries = 0;
    std::size_t lines = 0;
    std::size_t signatures = 0;             // of the member, verified
    std::size_t promises = 0;               // of the reader and this period, all kept
    std::optional<std::size_t> bad_promise; // the place of the one that is the reason
    std::vector<PayslipTotal> totals;       // by class, then currency

    bool operator==(const PayslipVerdict&) const = default;
};

/// Judges a payslip offline, by the checks of section 13 of docs/ledger-format.md in their order.
/// `policy` is the reader's own, not one that came with the file. `promises` are texts of DSSE
/// envelopes that the reader was given by the node. Not proven: work that the node never
/// acknowledged.
[[nodiscard]] PayslipVerdict verify_payslip(
    std::string_view file, const merkle::Policy& policy, std::span<const std::string> promises = {}
);

} // namespace handprint::record
