// What came back: submissions to look at, results to take away.

#include "node/routes/acting.hpp"
#include "node/routes/batch_views.hpp"

namespace handprint::routes {

namespace auth = http::auth;
using http::Method;
using http::Request;
using http::Response;

namespace {

Response submissions(Node& node, const Request& request) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    SubmissionQuery query;
    query.state = request.query.get("state").value_or("");
    if (!query.state.empty()) {
        auto fault = refuse_unless_one_of("state", query.state, {"submitted", "accepted"});
        if (fault) return std::move(*fault);
    }
    const auto limit = query_limit(request, 100, 1000);
    if (!limit) return limit.error();
    query.limit = static_cast<std::size_t>(*limit);
    if (const auto after = request.query.get("after")) {
        const std::size_t dot = after->find('.');
        const auto task = natural(after->substr(0, dot));
        const auto member =
            dot == std::string_view::npos ? std::nullopt : natural(after->substr(dot + 1));
        if (!task || !member) {
            return respond(api::bad_request("bad_cursor", "after", "The next of an earlier page."));
        }
        query.after_task = *task;
        query.after_member = *member;
    }
    return Response::json(submissions_text(node, *batch, query));
}

Response results(Node& node, const Request& request) {
    const auto batch = own_batch(node, request);
    if (!batch) return batch.error();
    const auto format = request.query.get("format").value_or("jsonl");
    const std::string name = "batch-" + std::to_string(batch->batch);
    Response response;
    if (format == "csv") {
        response = Response::text(results_csv(node, *batch));
        response.content_type = "text/csv; charset=utf-8";
    } else if (format == "jsonl") {
        response = Response::text(results_jsonl(node, *batch));
        response.content_type = "application/jsonl";
    } else {
        return respond(api::bad_request("bad_format", "format", "jsonl or csv."));
    }
    response.with(
        "Content-Disposition", "attachment; filename=\"" + name + '.' + std::string(format) + '"'
    );
    return response;
}

} // namespace

void add_result_routes(http::Router& router, Node& node) {
    router.add<auth::requester>(
        Method::get,
        "/v1/batches/{b}/submissions",
        [&node](const Request& r) { return submissions(node, r); },
        {.query = {"after", "limit", "state"}}
    );
    router.add<auth::requester>(
        Method::get,
        "/v1/batches/{b}/results",
        [&node](const Request& r) { return results(node, r); },
        {.query = {"format"}}
    );
}

} // namespace handprint::routes
