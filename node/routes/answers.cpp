#include "node/routes/answers.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/record/dsse.hpp"
#include "ledger/record/fields.hpp"
#include "ledger/record/json_writer.hpp"
#include "ledger/record/promise.hpp"
#include "node/http/handle.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <utility>

namespace handprint::routes {

using pipeline::Answer;
using pipeline::Job;
using pipeline::Verdict;

http::Response respond(const api::ApiProblem& problem) {
    http::Response response = http::Response::json(api::to_json(problem), problem.status);
    response.content_type = "application/problem+json";
    if (problem.retry == "later" || problem.status == 503) response.with("Retry-After", "1");
    return response;
}

http::Response respond(const market::Refusal& refusal) {
    return respond(api::from_refusal(refusal));
}

http::Response respond_json(const Json& json, int status) {
    return http::Response::json(json.encode(), status);
}

http::Response busy() {
    return respond(api::ApiProblem{
        503, "busy", "Nothing was done. Send the same command again in a moment.", {}, "same_id"
    });
}

http::Response respond(const Node& node, const Answer& answer) {
    switch (answer.verdict) {
    case Verdict::refused:
        return respond(answer.refusal);
    case Verdict::unavailable:
        return respond(api::ApiProblem{
            503,
            "outcome_unknown",
            "It is not known whether this was done. Send the same command again; it is done once.",
            {},
            "same_id"
        });
    case Verdict::stored:
    case Verdict::claimed:
        return http::Response::empty();
    case Verdict::entry:
        break;
    }
    const auto together = answer.together ? answer.together
                                          : std::make_shared<pipeline::CommittedEntries>(
                                                answer.index, std::vector<Hash>{answer.leaf}
                                            );
    const auto promise = together->promise(
        answer.index, node.origin, Instant{answer.time + node.publish_within_ms}, node.promise_key
    );
    std::string body;
    body.reserve(promise.size() + 256);
    record::JsonWriter writer(body);
    writer.begin_object();
    writer.key("index").integer(answer.index);
    writer.key("leaf").bytes(answer.leaf);
    writer.key("promise").raw(promise);
    writer.key("result").json(answer.result);
    writer.end_object();
    return http::Response::json(std::move(body), 200)
        .with("Handprint-Seq", std::to_string(answer.size));
}

std::optional<std::string> unknown_member(const Json& object, Members known) {
    for (const auto& member : object.members()) {
        if (std::find(known.begin(), known.end(), member.key) == known.end()) return member.key;
    }
    return std::nullopt;
}

api::ApiProblem not_known(std::string field) {
    std::string detail = field + " is not known";
    return api::bad_request("bad_argument", std::move(field), std::move(detail));
}

Result<Json, http::Response> read_body(const http::Request& request, Members known) {
    auto body = read_object(request);
    if (!body) return body;
    if (auto name = unknown_member(*body, known)) {
        return unexpected(respond(not_known(std::move(*name))));
    }
    return body;
}

std::optional<http::Response> refuse_body(const http::Request& request) {
    if (request.body.empty()) return std::nullopt;
    auto body = read_body(request, {});
    if (body) return std::nullopt;
    return std::move(body).error();
}

Result<Json, http::Response> read_object(const http::Request& request) {
    auto json = Json::parse(request.body, record::JsonMode::lenient);
    if (!json) return unexpected(respond(api::not_json(json.error())));
    if (json->as_object() == nullptr) {
        return unexpected(respond(api::bad_request("not_json", "body", "The body is a JSON object.")
        ));
    }
    return std::move(*json);
}

Result<std::string, http::Response> optional_text(const Json& body, std::string_view name) {
    const Json* value = body.find(name);
    if (value == nullptr) return std::string{};
    if (const std::string* text = value->as_string()) return *text;
    return unexpected(respond(api::bad_request("bad_argument", std::string(name), "Text.")));
}

std::optional<http::Response> check_seq(Node& node, const http::Request& request) {
    const auto text = request.headers.get(min_seq);
    if (text.empty()) return std::nullopt;
    const auto least = natural(text);
    if (!least) {
        return respond(api::bad_request("bad_number", std::string(min_seq), "A natural number."));
    }
    if (node.sequencer.size() >= *least) return std::nullopt;
    return not_yet();
}

http::Response not_yet() {
    return respond(api::ApiProblem{503, "not_yet", "The log is not that long yet.", {}, "later"});
}

std::optional<Int> natural(std::string_view text) {
    const auto number = parse_i64(text);
    if (!number || *number < 0 || *number > record::kJsonMaxInteger) return std::nullopt;
    return *number;
}

Result<Int, http::Response>
query_number(const http::Request& request, std::string_view name, Int fallback) {
    const auto text = request.query.get(name);
    if (!text) return fallback;
    const auto number = natural(*text);
    if (!number) {
        return unexpected(
            respond(api::bad_request("bad_number", std::string(name), "A natural number."))
        );
    }
    return *number;
}

Result<Int, http::Response> query_limit(const http::Request& request, Int fallback, Int most) {
    constexpr Int most_of_any = 1000;
    const auto text = request.query.get("limit");
    if (!text) return fallback;
    const auto number = parse_i64(*text);
    if (!number) {
        return unexpected(respond(api::bad_request("bad_number", "limit", "A natural number.")));
    }
    if (*number < 1 || *number > most_of_any) {
        return unexpected(respond(api::bad_request("out_of_range", "limit", "1 to 1000 rows.")));
    }
    return std::min(*number, most);
}

Result<Page, http::Response>
query_page(const http::Request& request, std::string_view cursor, Page fallback, Int most) {
    const auto from = query_number(request, cursor, fallback.from);
    if (!from) return unexpected(from.error());
    const auto limit = query_limit(request, static_cast<Int>(fallback.limit), most);
    if (!limit) return unexpected(limit.error());
    return Page{*from, static_cast<std::size_t>(*limit)};
}

std::optional<http::Response> refuse_unless_one_of(
    std::string_view field, std::string_view value, std::initializer_list<std::string_view> known
) {
    if (std::find(known.begin(), known.end(), value) != known.end()) return std::nullopt;
    std::string names;
    for (const auto name : known)
        names += (names.empty() ? "" : ", ") + std::string(name);
    return respond(api::bad_request("bad_choice", std::string(field), "One of: " + names + '.'));
}

void run(Node& node, Job job, http::Reply reply) {
    run(node, std::move(job), std::move(reply), [&node](const Answer& a) {
        return respond(node, a);
    });
}

void run(Node& node, Job job, http::Reply reply, Shape shape) {
    // std::function must be copyable, a Reply is not.
    auto kept = std::make_shared<http::Reply>(std::move(reply));
    job.done = [&node, kept, shape = std::move(shape)](Answer answer) {
        const bool good =
            answer.verdict != Verdict::refused && answer.verdict != Verdict::unavailable;
        try {
            (*kept)(good ? shape(answer) : respond(node, answer));
        } catch (const std::exception& e) { // the store has told what it could not read
            (*kept)(http::answer_to(e));
        }
    };
    if (!node.sequencer.submit(std::move(job))) (*kept)(busy());
}

std::vector<Answer> run_all_now(Node& node, std::vector<Job> jobs) {
    struct Slots {
        std::mutex mutex;
        std::condition_variable ready;
        std::vector<Answer> answers;
        std::size_t missing = 0;
    };

    auto slots = std::make_shared<Slots>();
    slots->answers.resize(jobs.size());
    slots->missing = jobs.size();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto done = [slots, i](Answer answer) {
            const std::lock_guard lock(slots->mutex);
            slots->answers[i] = std::move(answer);
            if (--slots->missing == 0) slots->ready.notify_all();
        };
        jobs[i].done = done;
        if (!node.sequencer.submit(std::move(jobs[i]))) done(Answer{});
    }
    std::unique_lock lock(slots->mutex);
    slots->ready.wait(lock, [&] { return slots->missing == 0; });
    return std::move(slots->answers);
}

Answer run_now(Node& node, Job job) {
    std::vector<Job> jobs;
    jobs.push_back(std::move(job));
    return std::move(run_all_now(node, std::move(jobs)).front());
}

} // namespace handprint::routes
