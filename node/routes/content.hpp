#pragma once

// What is not in the ledger: words of projects and batches, tasks, answers, drafts, known answers
// of tests. Read through the vault; decoded chunks are cached. Thread-safe.

#include "api/task_chunk.hpp"
#include "api/task_form.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/json.hpp"
#include "node/pipeline/job.hpp"
#include "node/pipeline/runs.hpp"

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace handprint::routes {

using market::Int;
using record::Json;

/// One handed-in answer, with what opens its hash.
struct StoredAnswer {
    Int task = 0;
    std::string salt;  // base64
    std::string bytes; // as the member sent them
};

class Content {
public:
    /// Every chunk of an import but the last has so many tasks.
    static constexpr Int chunk_tasks = 200;

    Content(store::Store& store, const pipeline::Vault& vault) : store_(store), vault_(vault) {}

    [[nodiscard]] std::optional<Json> terms(Int batch) const;
    /// Of the terms of a batch; none if there is no such batch.
    [[nodiscard]] std::shared_ptr<const api::TaskForm> form(Int batch);
    /// The document whose commit stands in the ledger; its salt is kept beside it.
    [[nodiscard]] std::optional<Json> project(Int project) const;
    [[nodiscard]] static Bytes project_note(const Json& document, const record::Salt& salt);
    [[nodiscard]] std::string name(const std::string& party) const;
    /// The requester's own name of a "project" or "batch"; empty if its maker kept it to
    /// themselves.
    [[nodiscard]] std::string external(const std::string& kind, Int ordinal) const;
    [[nodiscard]] static pipeline::Note
    external_note(const std::string& kind, std::string_view text);

    [[nodiscard]] std::optional<api::TaskContent> task(Int batch, Int task);
    [[nodiscard]] std::optional<std::string> known_answer(Int batch, Int task);
    [[nodiscard]] std::vector<StoredAnswer> answers(Int entry);
    [[nodiscard]] std::optional<std::string> draft(Int member, Int batch, Int task) const;

private:
    using Chunk = std::vector<api::TaskContent>;

    [[nodiscard]] std::shared_ptr<const Chunk> chunk(Int batch, Int number);

    store::Store& store_;
    const pipeline::Vault& vault_;
    std::mutex mutex_;
    std::map<Int, std::shared_ptr<const api::TaskForm>> forms_;
    std::list<std::pair<std::pair<Int, Int>, std::shared_ptr<const Chunk>>> recent_;
};

} // namespace handprint::routes
