// The one ordered feed as Server-Sent Events.

#include "node/http/events.hpp"
#include "node/routes/answers.hpp"

#include <algorithm>

namespace handprint::routes {

namespace {

bool concerns(const pipeline::FeedItem& item, const std::string& party) {
    return std::find(item.parties.begin(), item.parties.end(), party) != item.parties.end();
}

http::Response open_stream(Node& node, const http::Request& request) {
    const auto asked = query_number(request, "after", market::never, INT64_MAX);
    if (!asked) return asked.error();
    Int after = *asked;
    if (const auto text = request.headers.get("Last-Event-ID"); !text.empty()) {
        const auto last = natural(text);
        if (!last)
            return respond(api::bad_request("bad_number", "Last-Event-ID", "A natural number."));
        after = *last;
    }
    if (after == market::never) after = node.sequencer.size() - 1;
    const std::string party = request.principal ? request.principal->party : std::string{};
    auto stream = std::make_shared<http::EventStream>();
    // The feed holds the stream weakly: a client that has gone is forgotten at the next event.
    auto id = std::make_shared<std::uint64_t>(0);
    const std::weak_ptr<http::EventStream> weak = stream;
    *id = node.feed.subscribe(after, [weak, party](const pipeline::FeedItem& item) {
        const auto alive = weak.lock();
        if (!alive) return;
        Json data = Json::object({
            {"index", Json(item.index)},
            {"kind", Json(item.kind)},
            {"time", Json(item.time)},
        });
        if (!party.empty() && concerns(item, party)) data.set("about", item.summary);
        const std::string number = std::to_string(item.index);
        const std::string text = data.encode();
        alive->send({number, item.kind, text});
    });
    return http::Response::events(std::move(stream));
}

} // namespace

void add_event_routes(http::Router& router, Node& node) {
    router.add<http::auth::any>(
        http::Method::get,
        "/v1/events",
        [&node](const http::Request& r) { return open_stream(node, r); },
        {.query = {"after"}}
    );
}

} // namespace handprint::routes
