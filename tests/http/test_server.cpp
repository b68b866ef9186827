#include "tests/http/test_server.hpp"

#include "node/http/events.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

namespace handprint::test {

using namespace handprint::http;

void Counting::exchange(const Exchange& done) {
    const std::lock_guard lock(mutex_);
    log_ += std::string(name(done.method)) + " " + std::string(done.route) + " "
            + std::to_string(done.status) + " " + std::to_string(done.bytes_in) + "/"
            + std::to_string(done.bytes_out) + " " + std::string(done.party) + "\n";
}

void Counting::connection_opened() {
    ++opened;
}

void Counting::connection_closed() {
    ++closed;
}

void Counting::connection_refused(std::string_view) {
    ++refused;
}

void Counting::handler_failed(std::string_view, std::string_view) {
    ++failed;
}

std::string Counting::log() const {
    const std::lock_guard lock(mutex_);
    return log_;
}

Result<Principal, Problem> TwoPeople::session(std::string_view cookie) {
    if (cookie == "good") return Principal{Principal::Kind::session, "m:1", {}, "key"};
    return unexpected(Problem{401, "session_unknown", "No such session", "", Retry::never, 0});
}

Result<Principal, Problem> TwoPeople::key(std::string_view bearer) {
    if (bearer == "hp_good") return Principal{Principal::Kind::key, "r:3", 12, "key"};
    return unexpected(Problem{401, "key_unknown", "No such key", "", Retry::never, 0});
}

Router TestServer::routes() {
    const auto who = [](const Request& request) {
        return Response::text(request.principal ? request.principal->party : "nobody");
    };
    const auto echo = [](const Request& request) { return Response::text(request.body); };
    Router router;
    router
        .add<auth::none>(
            Method::get,
            "/hello/{who}",
            [](const Request& request) {
                std::string text = "hello " + std::string(request.param("who"));
                if (const auto twice = request.query.get("and"))
                    text += " and " + std::string(*twice);
                return Response::text(text + " at " + request.peer);
            },
            {.query = {"and", "x"}}
        )
        .add<auth::none>(Method::post, "/echo", echo)
        .add<auth::none>(Method::post, "/big", echo, {.body_limit = 1024 * 1024})
        .add<auth::none>(
            Method::get,
            "/large",
            [](const Request&) { return Response::text(std::string(4UL << 20U, 'x')); }
        )
        .add<auth::none>(
            Method::get,
            "/status/{s}",
            [](const Request& request) {
                return Response::text("of it", std::stoi(std::string(request.param("s"))));
            }
        )
        .add<auth::none>(
            Method::get,
            "/throws",
            [](const Request&) -> Response { throw std::runtime_error("on purpose"); }
        )
        .add<auth::none>(
            Method::get,
            "/unreadable",
            [](const Request&) -> Response { throw Unavailable("on purpose"); }
        )
        .add<auth::signed_body>(
            Method::post,
            "/later",
            [this](Request request, Reply reply) {
                const std::lock_guard lock(mutex);
                threads_.emplace_back([r = std::move(reply), b = std::move(request.body)](
                                      ) mutable { r(Response::text("later " + b)); });
            }
        )
        .add<auth::signed_body>(Method::post, "/never", [](const Request&, Reply) {})
        .add<auth::signed_body>(
            Method::post,
            "/kept",
            [this](const Request&, Reply reply) {
                const std::lock_guard lock(mutex);
                kept.push_back(std::move(reply));
            }
        )
        .add<auth::session>(Method::get, "/me", who)
        .add<auth::session>(Method::post, "/me", who)
        .add<auth::key>(Method::get, "/key", who)
        .add<auth::requester>(Method::get, "/either", who)
        .add<auth::any>(Method::get, "/anyone", who)
        .add<auth::none>(Method::get, "/events", [this](const Request& request) {
            const auto stream = std::make_shared<EventStream>(64 * 1024);
            const std::lock_guard lock(mutex);
            last_event_id = request.headers.get("Last-Event-ID");
            streams.push_back(stream);
            return Response::events(stream);
        });
    return router;
}

TestServer::TestServer(const ServerConfig& config, const Quotas::Rates& rates) : quotas(rates) {
    auto started = Server::start(config, routes(), {&people, &counting, &quotas});
    if (!started) throw std::runtime_error(started.error().what);
    server = std::move(*started);
}

TestServer::~TestServer() {
    server->stop(std::chrono::milliseconds(0));
    for (std::thread& thread : threads_)
        thread.join();
}

bool soon(const std::function<bool()>& condition) {
    for (int i = 0; i < 500; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

} // namespace handprint::test
