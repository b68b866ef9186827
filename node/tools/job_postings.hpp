#pragma once

// Which postings of a ledger are those of one job, told from the names of their accounts
// (docs/ledger-format.md, sections 4 and 8). Others may work in the same ledger, and be paid by the
// same transfers.

#include "ledger/record/json.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace handprint::tools {

/// Totals by account class, one currency, in minor units, positive is debit.
using Sums = std::map<std::string, std::int64_t>;

class JobPostings {
public:
    /// `own`: accounts that are of this job alone, such as "escrow/r:3" or "payable/m:7".
    JobPostings(std::set<std::string> own, std::string currency)
        : own_(std::move(own)), currency_(std::move(currency)) {}

    /// The coop part of the next entry. Failure if it moves money between this job and another.
    [[nodiscard]] Result<void> take(const record::Json& coop);

    /// Of all entries that were taken.
    [[nodiscard]] const Sums& all() const noexcept { return all_; }

    /// Of this job: its own accounts, and what they moved in the cooperative's, which are shared.
    [[nodiscard]] const Sums& job() const noexcept { return job_; }

private:
    std::set<std::string> own_;
    std::string currency_;
    Sums all_, job_;
};

} // namespace handprint::tools
