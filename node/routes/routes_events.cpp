// The one ordered feed as Server-Sent Events.

#include "node/http/events.hpp"
#include "node/routes/answers.hpp"
#include "node/routes/sessions.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

namespace handprint::routes {

namespace {

bool concerns(const pipeline::FeedItem& item, const std::string& party) {
    return std::find(item.parties.begin(), item.parties.end(), party) != item.parties.end();
}

/// Whether the credentials that the stream was opened with are still good.
std::function<bool()> still_good(Node& node, const http::Request& request) {
    if (!request.principal) return [] { return true; };
    if (request.principal->kind == http::Principal::Kind::session) {
        const auto cookie = http::cookie(request.headers.get("Cookie"), http::kSessionCookie);
        return [&node, value = std::string(cookie)] {
            return node.sessions.session(value).has_value();
        };
    }
    const auto bearer = http::token_of(request.headers.get("Authorization"));
    return [&node, value = std::string(bearer)] { return node.sessions.key(value).has_value(); };
}

/// False when the client is gone.
bool give(http::EventStream& stream, const pipeline::FeedItem& item, bool about) {
    Json data = Json::object({
        {"index", Json(item.index)},
        {"kind", Json(item.kind)},
        {"time", Json(item.time)},
    });
    if (about) data.set("about", item.summary);
    const std::string number = std::to_string(item.index);
    const std::string text = data.encode();
    return stream.send({number, item.kind, text});
}

void tell_gap(http::EventStream& stream, Int from, Int to) {
    const std::string number = std::to_string(to);
    const std::string text = Json::object({{"from", Json(from)}, {"to", Json(to)}}).encode();
    stream.send({number, "gap", text});
}

http::Response open_stream(Node& node, const http::Request& request) {
    const auto asked = query_number(request, "after", market::never);
    if (!asked) return asked.error();
    Int after = *asked;
    if (const auto text = request.headers.get("Last-Event-ID"); !text.empty()) {
        const auto last = natural(text);
        if (!last)
            return respond(api::bad_request("bad_number", "Last-Event-ID", "A natural number."));
        after = *last;
    }
    const Int size = node.sequencer.size();
    if (after == market::never || after > size) after = size - 1;
    auto stream = std::make_shared<http::EventStream>();
    if (request.method == http::Method::head) return http::Response::events(std::move(stream));
    const std::weak_ptr<http::EventStream> weak = stream;
    const auto id = node.feed.subscribe(
        after,
        size,
        [&stream](Int from, Int to) { tell_gap(*stream, from, to); },
        [weak,
         party = request.principal ? request.principal->party : std::string{},
         good = still_good(node, request)](const pipeline::FeedItem& item) {
            const auto alive = weak.lock();
            if (!alive) return false;
            const bool about = !party.empty() && concerns(item, party);
            if (about && !good()) {
                alive->close();
                return false;
            }
            return give(*alive, item, about);
        }
    );
    stream->when_gone([&node, id] { node.feed.unsubscribe(id); });
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
