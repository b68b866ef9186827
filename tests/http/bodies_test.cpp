// Bodies that must not be sent, and what is received or streamed at once at most.

#include "node/http/events.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

using namespace handprint::http;
using namespace handprint::test;

TEST_CASE("bodies: 204, 304 and HEAD have none, and the connection goes on") {
    TestServer server;
    RawClient client(server.port());
    const auto first_line = [&](const char* method, const char* target) {
        client.send(std::string(method) + " " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        const RawResponse response = client.next(true);
        // What came after the head would be taken for the start of the next answer.
        client.send("GET /hello/you HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(client.next().body == "hello you at 127.0.0.1");
        return response;
    };
    for (const int status : {204, 304}) {
        CAPTURE(status);
        const std::string target = "/status/" + std::to_string(status);
        for (const char* method : {"GET", "HEAD"}) {
            const RawResponse response = first_line(method, target.c_str());
            CHECK(response.status == status);
            CHECK(response.header("Content-Length").empty());
        }
    }
    const RawResponse head = first_line("HEAD", "/status/200");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "5");
    CHECK(ask(server.port(), "GET", "/status/200").body == "of it");
    CHECK(server.counting.log().find("GET /status/{s} 204 0/0 ") != std::string::npos);
    CHECK(server.counting.log().find("HEAD /status/{s} 200 0/0 ") != std::string::npos);
}

TEST_CASE("bodies: HEAD of a stream is answered, and counts as none") {
    ServerConfig config;
    config.limits.streams = 1;
    TestServer server(config);
    RawClient client(server.port());
    for (int i = 0; i < 3; ++i) {
        client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(client.next(true).status == 200);
    }
    client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.next(true).header("Content-Type") == "text/event-stream");
}

TEST_CASE("streams: the one too many gets 503, until one ends") {
    ServerConfig config;
    config.limits.streams = 4; // half of them for those who have not shown who they are
    TestServer server(config);
    const auto get = [](RawClient& client) {
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        return client.next(true);
    };
    RawClient first(server.port()), second(server.port());
    CHECK(get(first).status == 200);
    CHECK(get(second).status == 200);
    for (int i = 0; i < 3; ++i) {
        const RawResponse refused = ask(server.port(), "GET", "/events");
        CHECK(refused.status == 503);
        CHECK(refused.body.find(R"("code":"busy")") != std::string::npos);
        CHECK(refused.header("Retry-After") == "10");
    }
    CHECK(server.streams.back()->closed()); // nobody writes into one that is not read
    first.reset();
    REQUIRE(soon([&] { return server.server->connections() == 1; }));
    RawClient third(server.port());
    CHECK(get(third).status == 200);
    CHECK(ask(server.port(), "GET", "/events").status == 503);
    server.streams[1]->close();
    CHECK(second.ended());
    RawClient fourth(server.port());
    CHECK(get(fourth).status == 200);
}

TEST_CASE("streams: an IPv6 network has no more of them than one address") {
    ServerConfig config;
    config.limits.streams_each = 2;
    config.trusted_proxies = {"127.0.0.1"};
    TestServer server(config);
    const auto get = [](RawClient& client, const std::string& from) {
        client.send("GET /events HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " + from + "\r\n\r\n");
        return client.next(true).status;
    };
    RawClient first(server.port()), second(server.port()), third(server.port()),
        other(server.port());
    CHECK(get(first, "2001:db8::1") == 200);
    CHECK(get(second, "2001:db8:0:0:9:9:9:9") == 200);
    CHECK(get(third, "2001:db8::2") == 503);
    CHECK(get(other, "2001:db8:1::1") == 200);
}

TEST_CASE("bodies: large ones together stay below a limit, whatever becomes of each") {
    constexpr std::size_t length = 900'000;
    ServerConfig config;
    config.limits.large_body_bytes = length;
    TestServer server(config);
    const std::string body(length, 'y');
    const std::string head =
        "POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
    const auto refused = [&](std::size_t sent) {
        RawClient client(server.port());
        client.send(head + body.substr(0, sent));
        const RawResponse response = client.next();
        CHECK(response.status == 503);
        CHECK(response.body.find(R"("code":"busy")") != std::string::npos);
        CHECK(response.header("Retry-After") == "5");
        CHECK(response.header("Connection") == "close");
        CHECK(client.ended()); // also when all of it is there
    };
    const auto passes = [&] { return ask(server.port(), "POST", "/big", "", body).status == 200; };
    CHECK(passes());
    CHECK(passes()); // what the first held was given back
    // One that is half there. Should it come second, it is the one that is refused: then once more.
    const auto half_there = [&] {
        for (int i = 0; i < 50; ++i) {
            auto slow = std::make_unique<RawClient>(server.port());
            slow->send(head + body.substr(0, length / 2));
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (!passes()) return slow;
        }
        return std::unique_ptr<RawClient>();
    };
    {
        const auto slow = half_there();
        REQUIRE(slow);
        refused(length / 2);
        refused(length);
        CHECK(ask(server.port(), "POST", "/big", "", body.substr(0, 256UL * 1024)).status == 200);
        slow->send(body.substr(length / 2));
        CHECK(slow->next().body == body);
    }
    CHECK(soon(passes));
    const auto lost = half_there();
    REQUIRE(lost);
    lost->reset();
    CHECK(soon(passes));
}

TEST_CASE("bodies: a large one of unknown length is counted as it grows") {
    ServerConfig config;
    config.limits.large_body_bytes = 3UL << 19U;
    TestServer server(config);
    const std::string piece(16'384, 'z');
    for (int round = 0; round < 4; ++round) {
        RawClient client(server.port());
        client.send("POST /big HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 40; ++i)
            client.send("4000\r\n" + piece + "\r\n");
        client.send("0\r\n\r\n");
        CHECK(client.next().body.size() == 40 * piece.size());
    }
}

TEST_CASE("bodies: what is refused at its very end is not carried out") {
    ServerConfig config;
    config.limits.large_body_bytes = 1;
    TestServer server(config);
    const std::string piece = "4000\r\n" + std::string(16'384, 'z') + "\r\n";
    RawClient client(server.port());
    client.send("POST /big HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 16; ++i)
        client.send(piece);
    std::this_thread::sleep_for(std::chrono::milliseconds(50)); // all of it is read
    client.send(piece + "0\r\n\r\n");
    CHECK(client.next().status == 503);
    CHECK(client.ended());
}
