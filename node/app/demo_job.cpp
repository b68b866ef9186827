#include "node/app/demo_job.hpp"

#include "node/market/json_codec.hpp"

namespace handprint::app {

using market::Int;
using record::Json;

namespace {

const Json::Array& items_of(const DemoJob& job) {
    const Json& whose = job.test ? job.source.at("qualification") : job.source;
    return whose.at("items").items();
}

} // namespace

Json terms_of(const DemoJob& job, const market::CreateBatch& batch) {
    Json terms = Json::object({});
    const Json args = market::args_to_json(market::Command(batch));
    for (const auto& member : args.members()) {
        if (member.key != "terms" && member.key != "external") terms.set(member.key, member.value);
    }
    terms.set("title", Json(job.title));
    terms.set("project_title", Json(job.project_title));
    for (const char* name : {"instructions", "question", "choices", "fields"}) {
        terms.set(name, job.source.at(name));
    }
    return terms;
}

market::CreateBatch batch_of(const DemoJob& job, Int project) {
    constexpr Int demo_accept_ms = 20'000; // so that a newcomer sees the pay arrive
    const Json& test = job.source.at("qualification");
    market::CreateBatch batch;
    batch.accept_ms = demo_accept_ms;
    batch.estimate_s = job.source.at("estimate_seconds").integer();
    batch.lease_ms = job.source.at("lease_minutes").integer() * 60'000;
    batch.hazard = job.source.at("hazard").text() == "H1" ? 1 : 0;
    batch.level = job.source.at("level").integer();
    batch.overlap = job.test ? 200 : job.source.at("overlap").integer();
    batch.price_micros =
        job.test ? test.at("pay_micros").integer() : job.source.at("price_micros").integer();
    batch.project = project;
    batch.currency = job.source.at("currency").text();
    batch.domain = job.domain;
    batch.language = job.language;
    if (job.test) {
        batch.qualifies = market::Qualifies{test.at("level").integer(), test.at("pass").integer()};
        batch.bundle_max = static_cast<Int>(test.at("items").items().size());
    } else {
        batch.bundle_max = 5;
    }
    return batch;
}

std::vector<api::ImportedTask> tasks_of(const DemoJob& job) {
    std::vector<api::ImportedTask> tasks;
    for (const Json& item : items_of(job)) {
        Json content = Json::object({});
        for (const auto& member : item.members()) {
            if (member.key == "id" || member.key == "truth" || member.key == "why") continue;
            content.set(member.key, member.value);
        }
        api::ImportedTask task{item.at("id").text(), content.encode(), std::nullopt};
        if (job.test) task.truth = item.at("truth").text();
        tasks.push_back(std::move(task));
    }
    return tasks;
}

std::string truth_of(const DemoJob& job, Int task) {
    return items_of(job).at(static_cast<std::size_t>(task)).at("truth").text();
}

} // namespace handprint::app
