#include "tests/fuzz/http_peer.hpp"

#include "ledger/base/hex.hpp"
#include "node/http/connection.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace handprint::fuzz {

namespace {

using namespace http;

class Counter : public Observer {
public:
    void exchange(const Exchange& /*done*/) override { ++count; }

    std::size_t count = 0;
};

/// Knows the session "good" of m:1 and the key "hp_good" of r:3.
class TwoPeople : public Authenticator {
public:
    Result<Principal, Problem> session(std::string_view cookie) override {
        if (cookie == "good") return Principal{Principal::Kind::session, "m:1", {}, "key"};
        return unexpected(Problem{401, "session_unknown", "Not signed in", "", Retry::fresh, 0});
    }

    Result<Principal, Problem> key(std::string_view bearer) override {
        if (bearer == "hp_good") return Principal{Principal::Kind::key, "r:3", 5, "key"};
        return unexpected(Problem{401, "key_unknown", "Not signed in", "", Retry::fresh, 0});
    }
};

Response echo(const Request& request) {
    std::string said(name(request.method));
    const auto say = [&said](std::string_view text) {
        said += ' ';
        said += hex_encode(as_bytes(text));
    };
    say(request.path);
    for (const auto& [name, value] : request.params)
        say(value);
    for (const auto& [name, value] : request.query.pairs()) {
        say(name);
        say(value);
    }
    say(request.headers.get("Handprint-Min-Seq"));
    say(request.headers.get("Range"));
    say(request.body);
    if (request.principal) say(request.principal->party);
    Response response = Response::text(said);
    response.with("Echo", request.headers.get("Idempotency-Key"));
    return response;
}

Response one_event(const Request& request) {
    const auto stream = std::make_shared<EventStream>(1024);
    stream->send({"1", "said", hex_encode(as_bytes(request.headers.get("Last-Event-ID")))});
    stream->close();
    return Response::events(stream);
}

Router routes() {
    const auto later = [](Request request, Reply reply) { reply(echo(request)); };
    Router router;
    router.add<auth::none>(Method::get, "/", echo)
        .add<auth::none>(Method::get, "/v1/batches/{b}", echo)
        .add<auth::none>(Method::get, "/v1/batches/new", echo)
        .add<auth::any>(Method::put, "/v1/batches/{b}/tasks/{t}", echo)
        .add<auth::none>(Method::get, "/log/{path...}", echo)
        .add<auth::signed_body>(Method::post, "/v1/commands", later, {.body_limit = 96})
        .add<auth::signed_body>(Method::post, "/v1/dropped", [](const Request&, Reply) {})
        .add<auth::session>(Method::post, "/v1/me", echo, {.body_limit = 8})
        .add<auth::requester>(Method::del, "/v1/either", echo)
        .add<auth::key>(Method::get, "/v1/key", echo)
        .add<auth::none>(Method::get, "/v1/events", one_event);
    router.fallback([](const Request& request) {
        Response response = echo(request);
        response.status = 404;
        return response;
    });
    return router;
}

struct World {
    Counter counter;
    TwoPeople people;
    std::shared_ptr<Lane> lane;

    World() {
        ServerConfig config;
        config.limits.header_bytes = 1024;
        config.trusted_proxies = {"proxy"};
        lane = std::make_shared<Lane>(
            std::make_shared<Core>(routes(), ServerParts{&people, &counter}, config)
        );
    }
};

class Peer final : public Connection {
public:
    Peer(std::shared_ptr<Lane> lane, std::string_view bytes, std::size_t step)
        : Connection(std::move(lane), "proxy", false),
          left_(bytes),
          step_(step == 0 ? std::max<std::size_t>(bytes.size(), 1) : step) {}

    void start() override {
        if (enter()) begin();
    }

    /// Until nobody has anything more to say.
    std::string run() {
        start();
        while (go_on()) {
        }
        close();
        (void)lane().io().poll();
        return std::move(said_);
    }

private:
    void start_read(asio::mutable_buffer into) override { into_ = into; }

    void start_write(const std::array<asio::const_buffer, 2>& bytes) override {
        std::string text;
        for (const auto& part : bytes)
            text.append(static_cast<const char*>(part.data()), part.size());
        if (!text.starts_with("HTTP/1.1 100 ")) said_ += text;
        written_ = true;
    }

    void shut_down() override {}

    void close_socket() override { closed_ = true; }

    bool go_on() {
        lane().io().restart();
        if (lane().io().poll() > 0) return true;
        if (closed_) return false;
        if (std::exchange(written_, false)) {
            on_written({});
            return true;
        }
        if (!into_) return false;
        const asio::mutable_buffer into = *std::exchange(into_, std::nullopt);
        const std::size_t size = std::min({step_, left_.size(), into.size()});
        if (size == 0) {
            on_read(asio::error::eof, 0);
        } else {
            std::copy_n(left_.data(), size, static_cast<char*>(into.data()));
            left_.remove_prefix(size);
            on_read({}, size);
        }
        return true;
    }

    std::string_view left_;
    std::size_t step_;
    std::string said_;
    std::optional<asio::mutable_buffer> into_;
    bool written_ = false;
    bool closed_ = false;
};

} // namespace

Talk talk(std::string_view bytes, std::size_t step) {
    static World world;
    world.counter.count = 0;
    Talk out;
    out.answers = std::make_shared<Peer>(world.lane, bytes, step)->run();
    out.exchanges = world.counter.count;
    return out;
}

} // namespace handprint::fuzz
