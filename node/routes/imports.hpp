#pragma once

// An import is read twice: first all that the rules refuse is looked for, before anything is kept;
// then its tasks are sealed, chunk by chunk. So beside the body itself there is never more of it in
// memory than a name for each row and what one commit stores.

#include "api/import.hpp"
#include "node/market/command.hpp"
#include "node/pipeline/job.hpp"
#include "node/routes/answers.hpp"
#include "node/routes/externals.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::routes {

/// Rows as they were sent.
struct Upload {
    api::TaskFormat format = api::TaskFormat::jsonl;
    std::string_view body;
    api::RowRules rules;
};

/// The names of all rows, or the response of the first row that does not fit the batch.
[[nodiscard]] Result<std::vector<RowName>, http::Response>
look_through(Node& node, const market::BatchRow& batch, const Upload& upload);

/// Seals tasks into chunks as they come.
class TaskSealer {
public:
    /// Both must outlive it.
    TaskSealer(const pipeline::Vault& vault, const market::BatchRow& batch);

    /// `name`: the hash of the task's, as look_through() gave it.
    void add(api::ImportedTask task, const Hash& name);
    /// A job that stores some chunks, once there are enough for one; `last`: whatever is left.
    /// Nothing counts before the entry of the import.
    [[nodiscard]] std::optional<pipeline::Job> take(bool last);
    /// What opens the import, when all tasks were added and stored.
    [[nodiscard]] market::ImportTasks command() const;

private:
    void seal_chunk();

    const pipeline::Vault& vault_;
    const market::BatchRow& batch_;
    std::vector<api::ImportedTask> tasks_; // of the chunk that is being filled
    std::vector<Hash> names_;              // theirs
    pipeline::Job job_;
    std::vector<Hash> commits_;
    Int count_ = 0;
    std::optional<Int> least_micros_; // of the prices that tasks have of their own
};

} // namespace handprint::routes
