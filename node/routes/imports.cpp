#include "node/routes/imports.hpp"

#include "api/task_chunk.hpp"
#include "ledger/base/check.hpp"
#include "ledger/record/commitment.hpp"
#include "ledger/record/merkle_list.hpp"
#include "node/market/parties.hpp"
#include "node/routes/content.hpp"
#include "node/routes/row_terms.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace handprint::routes {

namespace {

constexpr std::size_t chunks_a_commit = 20;

std::string party_of(const market::BatchRow& batch) {
    return market::party('r', batch.requester);
}

/// The first row whose name stands on an earlier one too.
std::optional<std::uint32_t> second_of_a_name(const std::vector<RowName>& names) {
    std::vector<std::uint32_t> order(names.size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(names[a].hash, a) < std::tie(names[b].hash, b);
    });
    std::optional<std::uint32_t> first;
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (names[order[i]].hash == names[order[i - 1]].hash)
            first = std::min(order[i], first.value_or(order[i]));
    }
    return first;
}

} // namespace

Result<std::vector<RowName>, http::Response>
look_through(Node& node, const market::BatchRow& batch, const Upload& upload) {
    api::TaskReader reader(upload.format, upload.body, upload.rules);
    OwnTermsCheck terms(node, batch);
    std::vector<RowName> names;
    while (true) {
        const auto task = reader.next();
        if (!task) return unexpected(respond(task.error()));
        if (!*task) break;
        if (auto fault = terms.look(**task)) return unexpected(respond(*fault));
        names.push_back(
            {node.vault.external_hash(party_of(batch), "task", (*task)->external),
             static_cast<std::uint32_t>((*task)->line)}
        );
    }
    if (auto fault = terms.look_at_sum(static_cast<Int>(names.size()))) {
        return unexpected(respond(*fault));
    }
    if (const auto row = second_of_a_name(names)) {
        return unexpected(respond(api::bad_request(
            "id_twice", api::row_field(names[*row].line), "This id stands on an earlier line too."
        )));
    }
    return names;
}

TaskSealer::TaskSealer(const pipeline::Vault& vault, const market::BatchRow& batch)
    : vault_(vault), batch_(batch) {}

void TaskSealer::add(api::ImportedTask task, const Hash& name) {
    if (const Int price = task.own.price_micros; price != 0)
        least_micros_ = std::min(price, least_micros_.value_or(price));
    task.own.task = count_++;
    tasks_.push_back(std::move(task));
    names_.push_back(name);
    if (tasks_.size() == Content::chunk_tasks) seal_chunk();
}

std::optional<pipeline::Job> TaskSealer::take(bool last) {
    if (last && !tasks_.empty()) seal_chunk();
    const std::size_t chunks = job_.attachments.size();
    if (chunks == 0 || (!last && chunks < chunks_a_commit)) return std::nullopt;
    job_.only_store = true;
    return std::exchange(job_, {});
}

market::ImportTasks TaskSealer::command() const {
    HP_CHECK(tasks_.empty() && job_.attachments.empty(), "all chunks of an import were taken");
    return {
        batch_.batch,
        static_cast<Int>(commits_.size()),
        count_,
        record::MerkleList::of_commitments(commits_).root(),
        least_micros_
    };
}

void TaskSealer::seal_chunk() {
    const std::string text = api::write_chunk(tasks_);
    pipeline::StagedChunk staged;
    vault_.fill(staged.salt);
    staged.count = static_cast<Int>(tasks_.size());
    staged.commit = record::commit(staged.salt, text);
    staged.externals = std::exchange(names_, {});
    Json::Array known;
    for (const auto& task : tasks_) {
        if (task.own.any()) staged.own.push_back(task.own);
        if (task.truth) known.emplace_back(*task.truth);
    }
    const std::string id = pipeline::chunk_id(batch_.batch, static_cast<Int>(commits_.size()));
    job_.attachments.push_back({"tasks", id, vault_.encrypt(as_bytes(text))});
    job_.notes.push_back({"staged", id, pipeline::encode(staged)});
    if (!known.empty())
        job_.notes.push_back({"known", id, to_bytes(as_bytes(Json(std::move(known)).encode()))});
    commits_.push_back(staged.commit);
    tasks_.clear();
}

} // namespace handprint::routes
