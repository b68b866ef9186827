#pragma once

// Terms that rows of an import have of their own: whether the rules will take them. An import that
// has opened cannot fail, so all of it is looked at before.

#include "api/import.hpp"
#include "node/routes/answers.hpp"

#include <optional>
#include <span>

namespace handprint::routes {

/// The first row with terms that its batch does not allow, by line and field.
[[nodiscard]] std::optional<market::Refusal>
unfit_terms(Node& node, const market::BatchRow& batch, std::span<const api::ImportedTask> tasks);

} // namespace handprint::routes
