// A requester's own name in, what it stands for out.

#include "node/routes/acting.hpp"
#include "node/routes/externals.hpp"

namespace handprint::routes {

namespace {

http::Response look_up(Node& node, const http::Request& request) {
    const auto requester = requester_of(request);
    if (!requester) return requester.error();
    if (auto late = check_seq(node, request)) return std::move(*late);
    const auto kind = request.query.get("kind").value_or("");
    if (kind != "project" && kind != "batch" && kind != "task") {
        return respond(api::bad_request("bad_argument", "kind", "project, batch or task."));
    }
    const auto name = request.query.get("external").value_or("");
    const auto hash = external_hash(node, request.principal->party, kind, name);
    if (!hash) return hash.error();
    const auto found = named_by(node, request.principal->party, kind, *hash);
    if (!found) {
        return respond(api::not_found("no_such_external", "You have nothing of that name."));
    }
    Json json = Json::object({{"external", Json(std::string(name))}});
    if (kind == "project") {
        json.set("project", Json(found->ordinal));
    } else if (const auto batch = row<market::BatchRow>(node, found->ordinal)) {
        json.set("batch", Json(batch->batch));
        json.set("project", Json(batch->project));
        if (kind == "task") json.set("task", Json(found->task));
    }
    return respond_json(json);
}

} // namespace

void add_external_routes(http::Router& router, Node& node) {
    router.add<http::auth::requester>(
        http::Method::get,
        "/v1/externals",
        [&node](const http::Request& r) { return look_up(node, r); },
        {.query = {"external", "kind"}}
    );
}

} // namespace handprint::routes
