#pragma once

// Read models of a requester's projects and batches.

#include "node/routes/answers.hpp"

#include <string>
#include <vector>

namespace handprint::routes {

[[nodiscard]] Json batch_json(Node& node, const market::BatchRow& batch);
[[nodiscard]] Json quote_json(Node& node, const market::BatchRow& batch);
/// Newest first: those before the number `page.from`; `next` where there are more.
[[nodiscard]] Json projects_json(Node& node, Int requester, Page page);

/// Work that waits for a decision, by task and member.
[[nodiscard]] std::vector<market::TaskMember> submitted_items(Node& node, Int batch);

struct SubmissionQuery {
    std::string_view state; // submitted, accepted, or empty for both
    Int after_task = market::never, after_member = market::never;
    std::size_t limit = 100;
};

/// `{"submissions":[...],"next"?}` as text: answers are any JSON.
[[nodiscard]] std::string
submissions_text(Node& node, const market::BatchRow& batch, const SubmissionQuery& query);

/// Accepted answers, one line each.
[[nodiscard]] std::string results_jsonl(Node& node, const market::BatchRow& batch);
[[nodiscard]] std::string results_csv(Node& node, const market::BatchRow& batch);

} // namespace handprint::routes
