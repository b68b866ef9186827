#pragma once

// How answers of the pipeline and refusals become HTTP responses.

#include "api/problem.hpp"
#include "node/http/types.hpp"
#include "node/routes/node.hpp"

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace handprint::routes {

using record::Json;

[[nodiscard]] http::Response respond(const api::ApiProblem& problem);
[[nodiscard]] http::Response respond(const market::Refusal& refusal);
[[nodiscard]] http::Response respond_json(const Json& json, int status = 200);

/// `{"index","leaf","promise","result"}`, or the problem. `extra` is merged into the object.
[[nodiscard]] http::Response respond(const Node& node, const pipeline::Answer& answer);

/// The queue is full or the node is stopping.
[[nodiscard]] http::Response busy();

/// Names of the members that an object may have.
using Members = std::initializer_list<std::string_view>;

/// The first member of another name.
[[nodiscard]] std::optional<std::string> unknown_member(const Json& object, Members known);
/// What says so; `field` is its name, or where it stands.
[[nodiscard]] api::ApiProblem not_known(std::string field);

/// Body as a JSON object (any layout, integers only) of these members; the response is the problem
/// otherwise. Whether each is there and what it says is for the caller to see.
[[nodiscard]] Result<Json, http::Response> read_body(const http::Request& request, Members known);
/// The same for an object whose members are looked at elsewhere.
[[nodiscard]] Result<Json, http::Response> read_object(const http::Request& request);
/// The text of a member that may be left out, then empty; the problem if it is of another type.
[[nodiscard]] Result<std::string, http::Response>
optional_text(const Json& body, std::string_view name);
/// For a door that wants no body: an empty object is none.
[[nodiscard]] std::optional<http::Response> refuse_body(const http::Request& request);

/// How many entries the log must have for the answer (SeqWait has waited for them).
inline constexpr std::string_view min_seq = "Handprint-Min-Seq";

/// A response if the log has not as many entries as the request asks for.
[[nodiscard]] std::optional<http::Response> check_seq(Node& node, const http::Request& request);
[[nodiscard]] http::Response not_yet();

/// A path parameter or query value as a natural number, at most the largest of JSON: what is named
/// so goes into commands and answers.
[[nodiscard]] std::optional<Int> natural(std::string_view text);
/// A query value, `fallback` when it is not given; a response if it is no natural number.
[[nodiscard]] Result<Int, http::Response>
query_number(const http::Request& request, std::string_view name, Int fallback);

/// The query value "limit": 1 to 1000 of any list, of which this one gives `most` at most. A
/// response if it is anything else.
[[nodiscard]] Result<Int, http::Response>
query_limit(const http::Request& request, Int fallback, Int most);

/// Where a page of a list begins, and how many it holds.
struct Page {
    Int from = 0;
    std::size_t limit = 0;
};

/// From the query values `cursor` and "limit".
[[nodiscard]] Result<Page, http::Response>
query_page(const http::Request& request, std::string_view cursor, Page fallback, Int most);

/// A response if the value is none of these.
[[nodiscard]] std::optional<http::Response> refuse_unless_one_of(
    std::string_view field, std::string_view value, std::initializer_list<std::string_view> known
);

/// Hands a job to the sequencer and answers when it is done.
void run(Node& node, pipeline::Job job, http::Reply reply);
/// The same with a response of one's own for success.
using Shape = std::function<http::Response(const pipeline::Answer&)>;
void run(Node& node, pipeline::Job job, http::Reply reply, Shape shape);
/// Waits; for steps that are not the last of a request. Not for I/O threads under load.
[[nodiscard]] pipeline::Answer run_now(Node& node, pipeline::Job job);

/// Several at once, so that they may share a commit; answers in the same order.
[[nodiscard]] std::vector<pipeline::Answer>
run_all_now(Node& node, std::vector<pipeline::Job> jobs);

template <class R, class... Parts>
[[nodiscard]] std::optional<R> row(Node& node, const Parts&... parts) {
    const market::Key key = market::key_of<R>(parts...);
    auto rows = node.store.load(std::span(&key, 1));
    if (!rows || !rows->front()) return std::nullopt;
    return std::get<R>(*rows->front());
}

} // namespace handprint::routes
