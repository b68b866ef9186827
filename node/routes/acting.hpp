#pragma once

// The requester's doors: foreign requests that the node signs with an agent key under a grant.

#include "node/routes/answers.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace handprint::routes {

/// A job for the command, signed by the agent key. The command id is `Idempotency-Key` (32 hex
/// digits) or fresh; `step` makes it different for each command of one request.
[[nodiscard]] Result<pipeline::Job, http::Response>
act(Node& node, const http::Request& request, market::Command command, std::string_view step = {});

/// A step of this very request that was carried out before, found by its Idempotency-Key.
struct DoneBefore {
    Int index = 0;
    std::vector<market::TaskMember> accepted{}; // by an accept
    bool same = false;                          // the raw request was the same
};

[[nodiscard]] std::optional<DoneBefore>
done_before(Node& node, const http::Request& request, std::string_view step = {});
[[nodiscard]] market::Refusal id_reused();

/// Why the rules would refuse this request now; nothing if they would not, or it cannot be told.
/// The sequencer decides it again.
[[nodiscard]] std::optional<market::Refusal>
refusal_now(Node& node, const market::Request& request);

/// As run(), with the members of `result` at the top level too: the shape of the doors.
void run_flat(Node& node, pipeline::Job job, http::Reply reply);

/// The batch of the path if it is the caller's.
[[nodiscard]] Result<market::BatchRow, http::Response>
own_batch(Node& node, const http::Request& request);

/// "r:3" -> 3
[[nodiscard]] Result<Int, http::Response> requester_of(const http::Request& request);

} // namespace handprint::routes
