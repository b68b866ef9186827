#pragma once

// Read models of a member, as JSON; the keys and balances of any party.

#include "node/routes/answers.hpp"

#include <string>

namespace handprint::routes {

/// Those of the row of a member or a requester.
[[nodiscard]] Json keys_json(Node& node, std::string_view valid_keys);
[[nodiscard]] Json me_json(Node& node, Int member);
[[nodiscard]] Json offers_json(Node& node, Int member, std::size_t limit);
/// Newest first, entries before `before`.
[[nodiscard]] Json lines_json(Node& node, Int member, Int before, std::size_t limit);
[[nodiscard]] Json
assignments_json(Node& node, Int member, std::string_view state, Int before, std::size_t limit);
[[nodiscard]] Json payslips_json(Node& node, Int member);
/// `{"batch","terms","lease_until","estimate_s","tasks":[...]}` as text: task content is any JSON.
[[nodiscard]] std::string
claim_text(Node& node, Int member, Int batch, Int until, const std::vector<Int>& tasks);
[[nodiscard]] std::string claims_text(Node& node, Int member);
/// Balances of accounts whose owner is the party, as a list.
[[nodiscard]] Json balances_json(Node& node, const std::vector<std::string>& accounts);

} // namespace handprint::routes
