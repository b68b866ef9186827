#pragma once

// One job of the demo, a test or ordinary work, as the file of its project describes it
// (demo_content/): what a requester would fill in on the page.

#include "api/import.hpp"
#include "ledger/record/json.hpp"
#include "node/market/command.hpp"

#include <string>
#include <vector>

namespace handprint::app {

struct DemoJob {
    std::string title, project_title, domain, language;
    record::Json source; // the project's file
    bool test = false;
};

/// Without the hashes of the terms and of the requester's own name.
[[nodiscard]] market::CreateBatch batch_of(const DemoJob& job, market::Int project);
/// The document that members agree to.
[[nodiscard]] record::Json terms_of(const DemoJob& job, const market::CreateBatch& batch);
[[nodiscard]] std::vector<api::ImportedTask> tasks_of(const DemoJob& job);
/// The right answer.
[[nodiscard]] std::string truth_of(const DemoJob& job, market::Int task);

} // namespace handprint::app
