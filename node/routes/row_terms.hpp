#pragma once

// Terms that rows of an import have of their own: whether the rules will take them. An import that
// has opened cannot fail, so all of it is looked at before.

#include "api/import.hpp"
#include "ledger/books/pricing.hpp"
#include "node/routes/answers.hpp"

#include <optional>
#include <set>
#include <utility>

namespace handprint::routes {

/// Looks at the rows of one import, each in its turn and then at their sum.
class OwnTermsCheck {
public:
    OwnTermsCheck(Node& node, const market::BatchRow& batch);

    /// What the batch does not allow, by line and field.
    [[nodiscard]] std::optional<market::Refusal> look(const api::ImportedTask& task);
    /// Whether all prices together fit, of so many rows.
    [[nodiscard]] std::optional<market::Refusal> look_at_sum(Int rows) const;

private:
    const market::BatchRow& batch_;
    const Int now_, least_;
    std::set<std::pair<Int, Int>> lots_;
    std::optional<books::Labour> labour_; // of the rows with terms of their own; too much: nothing
    Int own_ = 0;                         // such rows
};

} // namespace handprint::routes
