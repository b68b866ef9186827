#include "node/routes/content.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/record/commitment.hpp"
#include "node/routes/sealed.hpp"

#include <algorithm>
#include <iterator>

namespace handprint::routes {

namespace {

constexpr std::size_t chunks_in_memory = 64;
constexpr std::size_t forms_in_memory = 1'024;

} // namespace

std::optional<Json> Content::terms(Int batch) const {
    return sealed_json(store_, vault_, "terms", std::to_string(batch));
}

std::shared_ptr<const api::TaskForm> Content::form(Int batch) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = forms_.find(batch); known != forms_.end()) return known->second;
    }
    const auto document = terms(batch);
    if (!document) return nullptr;
    auto read = api::TaskForm::read(*document);
    if (!read) return nullptr;
    auto form = std::make_shared<const api::TaskForm>(std::move(*read));
    const std::lock_guard lock(mutex_);
    if (forms_.size() >= forms_in_memory) forms_.clear();
    return forms_[batch] = std::move(form);
}

std::optional<Json> Content::project(Int project) const {
    auto kept = sealed_json(store_, vault_, "project", std::to_string(project));
    const Json* document = kept ? kept->find("document") : nullptr;
    if (document == nullptr) return std::nullopt;
    return *document;
}

Bytes Content::project_note(const Json& document, const record::Salt& salt) {
    const Json kept = Json::object({{"document", document}, {"salt", Json(base64_encode(salt))}});
    return to_bytes(as_bytes(kept.encode()));
}

std::string Content::name(const std::string& party) const {
    return sealed_text(store_, vault_, "name", party).value_or("");
}

std::string Content::external(const std::string& kind, Int ordinal) const {
    return sealed_text(store_, vault_, "external", kind + '/' + std::to_string(ordinal))
        .value_or("");
}

pipeline::Note Content::external_note(const std::string& kind, std::string_view text) {
    return {"external", kind + "/#", to_bytes(as_bytes(text))};
}

std::shared_ptr<const Content::Chunk> Content::chunk(Int batch, Int number) {
    const std::pair<Int, Int> key{batch, number};
    {
        const std::lock_guard lock(mutex_);
        for (auto at = recent_.begin(); at != recent_.end(); ++at) {
            if (at->first != key) continue;
            recent_.splice(recent_.begin(), recent_, at);
            return recent_.front().second;
        }
    }
    const auto bytes = vault_.read_blob(store_, "tasks", pipeline::chunk_id(batch, number));
    if (!bytes || !*bytes) return nullptr;
    auto tasks = api::read_chunk(as_text(**bytes));
    if (!tasks) return nullptr;
    auto made = std::make_shared<Chunk>(std::move(*tasks));
    const std::lock_guard lock(mutex_);
    recent_.emplace_front(key, made);
    if (recent_.size() > chunks_in_memory) recent_.pop_back();
    return made;
}

std::optional<api::TaskContent> Content::task(Int batch, Int task) {
    const auto found = chunk(batch, task / chunk_tasks);
    const auto at = static_cast<std::size_t>(task % chunk_tasks);
    if (!found || at >= found->size()) return std::nullopt;
    return (*found)[at];
}

std::optional<std::string> Content::known_answer(Int batch, Int task) {
    const auto json =
        sealed_json(store_, vault_, "known", pipeline::chunk_id(batch, task / chunk_tasks));
    if (!json || json->as_array() == nullptr) return std::nullopt;
    const auto at = static_cast<std::size_t>(task % chunk_tasks);
    if (at >= json->items().size()) return std::nullopt;
    const auto* text = json->items()[at].as_string();
    return text == nullptr ? std::nullopt : std::optional<std::string>(*text);
}

std::vector<StoredAnswer> Content::answers(Int entry) {
    std::vector<StoredAnswer> out;
    const auto bytes = vault_.read_blob(store_, "answers", pipeline::padded(entry));
    if (!bytes || !*bytes) return out;
    const auto json = Json::parse(as_text(**bytes));
    if (!json || json->as_array() == nullptr) return out;
    for (const Json& item : json->items()) {
        const auto* task = item.find("task");
        const auto* salt = item.find("salt");
        const auto* content = item.find("content");
        if (task == nullptr || salt == nullptr || content == nullptr) continue;
        if (task->as_integer() == nullptr || content->as_string() == nullptr) continue;
        const auto plain = base64_decode(content->text());
        if (!plain || salt->as_string() == nullptr) continue;
        out.push_back({task->integer(), salt->text(), std::string(as_text(*plain))});
    }
    return out;
}

std::optional<std::string> Content::draft(Int member, Int batch, Int task) const {
    const std::string id =
        pipeline::padded(member) + '/' + pipeline::padded(batch) + '/' + pipeline::padded(task);
    return sealed_text(store_, vault_, "draft", id);
}

} // namespace handprint::routes
