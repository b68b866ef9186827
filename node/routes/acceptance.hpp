#pragma once

// A requester's acceptance of many answers: an entry for each hundred, each whole or not at all.
// The same request sent again goes on with what still waits of the items that it lists.

#include "node/routes/answers.hpp"

#include <optional>
#include <vector>

namespace handprint::routes {

/// The items that a request lists; none: all that is submitted.
using Wanted = std::optional<std::vector<market::TaskMember>>;

[[nodiscard]] Result<Wanted, http::Response> read_acceptance(const http::Request& request);

/// `{"accepted","asked","entries","refused"?}`, or the problem if nothing was accepted. The turn of
/// the batch is held.
[[nodiscard]] http::Response
accept_many(Node& node, const http::Request& request, const market::BatchRow& batch, Wanted wanted);

} // namespace handprint::routes
