#pragma once

// Proofs for those who ask: payslips and receipts, made from the tables and the published tiles.

#include "ledger/base/result.hpp"
#include "node/pipeline/publisher.hpp"

#include <string>
#include <vector>

namespace handprint::pipeline {

struct ProofSource {
    store::Store& store;
    const Vault& vault;
    const Publisher& publisher;
    std::string origin;
};

/// The file of docs/ledger-format.md section 13. Failure "not_yet_published" when the close is
/// newer than the checkpoint, "no_such_period" when the member has no payslip for it.
[[nodiscard]] Result<std::string> make_payslip(const ProofSource& source, Int member, Int period);

/// The receipt of an entry with the parts that `party` may open (its own, and coop for members).
[[nodiscard]] Result<std::string>
make_receipt(const ProofSource& source, const std::string& party, Int index);

} // namespace handprint::pipeline
