#include "node/http/events.hpp"
#include "node/http/signals.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

using namespace handprint::http;
using namespace handprint::test;
using namespace std::chrono_literals;

namespace {

ServerConfig impatient() {
    ServerConfig config;
    config.limits.header_time = 300ms;
    config.limits.body_time = 300ms;
    config.limits.idle_time = 500ms;
    config.limits.write_time = 300ms;
    config.limits.heartbeat = 200ms;
    return config;
}

} // namespace

TEST_CASE("deadlines: slow header, slow body, idle, a client that does not read") {
    TestServer server(impatient());
    RawClient slow(server.port());
    slow.send("GET /hello/a HTTP/1.1\r\nHo");
    CHECK(slow.next().status == 408);
    CHECK(slow.ended());

    RawClient body(server.port());
    body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    CHECK(body.next().status == 408);
    CHECK(body.ended());

    // Dripping does not help: the time is for the whole header.
    RawClient drip(server.port());
    const auto begun = std::chrono::steady_clock::now();
    std::thread dripping([&] {
        for (int i = 0; i < 20; ++i) {
            drip.send("G");
            std::this_thread::sleep_for(50ms);
        }
    });
    CHECK(drip.next().status >= 400);
    dripping.join();
    CHECK(std::chrono::steady_clock::now() - begun < 5s);

    RawClient idle(server.port());
    CHECK(idle.ended());

    RawClient deaf(server.port());
    for (int i = 0; i < 5; ++i)
        deaf.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    // One second more for each 64 KiB would be 64 s: the deaf one is left to the stop.
    CHECK(soon([&] { return server.server->connections() <= 1; }));
}

TEST_CASE("connections: the one too many gets 503") {
    ServerConfig config;
    config.limits.connections = 2;
    TestServer server(config);
    RawClient a(server.port());
    auto b = std::make_unique<RawClient>(server.port());
    REQUIRE(soon([&] { return server.server->connections() == 2; }));
    RawClient c(server.port());
    CHECK(c.next().status == 503);
    CHECK(c.ended());
    CHECK(server.counting.refused == 1);
    b.reset();
    REQUIRE(soon([&] { return server.server->connections() == 1; }));
    CHECK(ask(server.port(), "GET", "/hello/a").status == 200);
}

TEST_CASE("streams: events, Last-Event-ID, heartbeat, ended by either side") {
    TestServer server(impatient());
    RawClient client(server.port());
    client.send("GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 41\r\n\r\n");
    const RawResponse head = client.next(true);
    CHECK(head.status == 200);
    CHECK(head.header("Content-Type") == "text/event-stream");
    CHECK(head.header("Content-Length").empty());
    REQUIRE(soon([&] { return server.streams.size() == 1; }));
    CHECK(server.last_event_id == "41");
    const auto stream = server.streams[0];

    for (int i = 0; i < 100; ++i)
        CHECK(stream->send({std::to_string(i), "accept", "{}"}));
    for (int i = 0; i < 100; ++i) {
        CHECK(
            client.receive_until("\n\n")
            == "id: " + std::to_string(i) + "\nevent: accept\ndata: {}\n\n"
        );
    }
    CHECK(client.receive_until("\n\n") == ":\n\n");
    stream->close();
    CHECK(client.ended());

    RawClient leaving(server.port());
    leaving.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)leaving.receive(true);
    const auto second = server.streams[1];
    leaving.reset();
    CHECK(soon([&] { return !second->send({"1", "", "x"}); }));
    CHECK(soon([&] { return server.server->connections() == 0; }));

    CHECK(ask(server.port(), "HEAD", "/events").status == 200);
    CHECK(server.streams[2]->closed());
}

TEST_CASE("streams: a client that does not read is dropped, others go on") {
    TestServer server;
    RawClient slow(server.port());
    RawClient good(server.port());
    slow.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)slow.receive(true);
    good.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)good.receive(true);
    const std::string data(8 * 1024, 'x');
    bool alive = true;
    int sent = 0;
    for (; alive && sent < 10'000; ++sent) {
        alive = server.streams[0]->send({"1", "", data});
        CHECK(server.streams[1]->send({"1", "", "y"}));
        CHECK(good.receive_until("\n\n") == "id: 1\ndata: y\n\n");
    }
    CHECK_FALSE(alive);
    CHECK(sent > 8); // more than nothing was kept for it
}

TEST_CASE("stop: drains what is under way, closes idle ones and streams, ignores late answers") {
    TestServer server;
    RawClient idle(server.port());
    RawClient busy(server.port());
    RawClient stream(server.port());
    RawClient stuck(server.port());
    stream.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)stream.receive(true);
    busy.send("POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(soon([&] {
        const std::lock_guard lock(server.mutex);
        return server.kept.size() == 1;
    }));
    stuck.send("POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(soon([&] {
        const std::lock_guard lock(server.mutex);
        return server.kept.size() == 2;
    }));
    std::thread stopping([&] { server.server->stop(1s); });
    CHECK(idle.ended());
    CHECK(stream.ended());
    CHECK_THROWS(RawClient(server.port()));
    server.kept[0](Response::text("done"));
    const RawResponse last = busy.next();
    CHECK(last.body == "done");
    CHECK(last.header("Connection") == "close");
    stopping.join();
    CHECK(stuck.ended());
    server.kept[1](Response::text("too late"));
    server.server->stop(); // again, for nothing
    CHECK(server.counting.opened == server.counting.closed);
}

TEST_CASE("start and stop, a hundred times, with clients on it") {
    for (int i = 0; i < 100; ++i) {
        TestServer server;
        RawClient client(server.port());
        client.send("GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n");
        if (i % 3 == 0) CHECK(client.next().status == 200);
        if (i % 3 == 1) client.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        if (i % 2 == 0) server.server->stop(std::chrono::milliseconds(i % 4 == 0 ? 0 : 500));
    }
}

TEST_CASE("start: an address that is taken or is none") {
    TestServer server;
    ServerConfig config;
    config.listen[0].port = server.port();
    CHECK_FALSE(Server::start(config, Router()));
    config.listen[0] = {"localhost!", 0, {}};
    CHECK_FALSE(Server::start(config, Router()));
    config.listen = {Listen{"127.0.0.1", 0, {}}, Listen{"127.0.0.1", 0, {}}};
    auto two = Server::start(config, Router());
    REQUIRE(two);
    CHECK((*two)->ports().size() == 2);
    CHECK(ask((*two)->ports()[1], "GET", "/").status == 404);
}

TEST_CASE("signals: the first and the later ones") {
    std::atomic<int> first{0};
    std::atomic<int> second{0};
    const auto watch = on_signal([&](int number) { first = number; }, [&](int) { ++second; });
    std::raise(SIGTERM);
    CHECK(soon([&] { return first == SIGTERM; }));
    CHECK(second == 0);
    std::raise(SIGINT);
    CHECK(soon([&] { return second == 1; }));
}
