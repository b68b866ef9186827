#include "tests/http/raw_client.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace handprint::http;
using namespace handprint::test;
using namespace std::chrono_literals;

TEST_CASE("server: GET, HEAD, parameters, query, problems") {
    TestServer server;
    const RawResponse hello = ask(server.port(), "GET", "/hello/you?and=me");
    CHECK(hello.status == 200);
    CHECK(hello.body == "hello you and me at 127.0.0.1");
    CHECK(hello.header("Cache-Control") == "no-store");
    CHECK(hello.header("X-Content-Type-Options") == "nosniff");
    CHECK(hello.header("Date").ends_with(" GMT"));

    const RawResponse head = ask(server.port(), "HEAD", "/hello/you");
    CHECK(head.status == 200);
    CHECK(head.header("Content-Length") == "22");
    CHECK(head.body.empty());

    const RawResponse missing = ask(server.port(), "GET", "/nowhere");
    CHECK(missing.status == 404);
    CHECK(missing.header("Content-Type") == "application/problem+json");
    CHECK(missing.body.find(R"("code":"not_found")") != std::string::npos);

    const RawResponse wrong = ask(server.port(), "DELETE", "/echo");
    CHECK(wrong.status == 405);
    CHECK(wrong.header("Allow") == "POST");
    CHECK(ask(server.port(), "GET", "http://test/hello/proxy").body.starts_with("hello proxy"));
    CHECK(ask(server.port(), "GET", "/hello/x?a=%zz").status == 400);
    CHECK(ask(server.port(), "GET", "/throws").status == 500);
    CHECK(server.counting.failed == 1);
    const RawResponse unreadable = ask(server.port(), "GET", "/unreadable");
    CHECK(unreadable.status == 503);
    CHECK(unreadable.header("Retry-After") == "1");
    CHECK(unreadable.body.find(R"("retry":"same_id")") != std::string::npos);
    CHECK(server.counting.failed == 2);
}

TEST_CASE("server: many requests on one connection, also sent without waiting") {
    TestServer server;
    RawClient client(server.port());
    for (int i = 0; i < 50; ++i) {
        const std::string body(static_cast<std::size_t>(i) * 100, 'b');
        client.send(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size())
            + "\r\n\r\n" + body
        );
        CHECK(client.next().body == body);
    }
    std::string burst;
    for (int i = 0; i < 100; ++i) {
        burst += "POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"
                 + std::to_string(10 + i % 90);
        burst += "GET /hello/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    client.send(burst);
    for (int i = 0; i < 100; ++i) {
        CHECK(client.next().body == "later " + std::to_string(10 + i % 90));
        CHECK(client.next().body.starts_with("hello " + std::to_string(i)));
    }
    CHECK(server.counting.opened == 1);
}

TEST_CASE("server: a request byte by byte, and chunked bodies") {
    TestServer server;
    RawClient client(server.port());
    for (const char c :
         std::string("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")) {
        client.send({&c, 1});
    }
    CHECK(client.next().body == "abc");
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nTrailer: x\r\n\r\n");
    CHECK(client.next().body == "abcdefg");
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 70; ++i)
        client.send("1000\r\n" + std::string(4096, 'x') + "\r\n");
    CHECK(client.next().status == 413);
    CHECK(client.ended());
}

TEST_CASE("server: who keeps the connection") {
    TestServer server;

    struct Row {
        const char* request;
        bool ends;
    };

    for (const Row& row : {
             Row{"GET /hello/a HTTP/1.1\r\nHost: a\r\n\r\n", false},
             Row{"GET /hello/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", true},
             Row{"GET /hello/a HTTP/1.0\r\n\r\n", true},
             Row{"GET /hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true},
         }) {
        CAPTURE(row.request);
        RawClient client(server.port());
        client.send(row.request);
        const RawResponse response = client.next();
        CHECK(response.status == 200);
        CHECK((response.header("Connection") == "close") == row.ends);
        if (row.ends) CHECK(client.ended());
    }
}

TEST_CASE("server: what is not HTTP is refused and the connection ended") {
    TestServer server;

    struct Row {
        std::string request;
        int status;
    };

    const std::string host = "Host: a\r\n";
    const std::string smuggled = "GET /hello/a HTTP/1.1\r\n" + host + "\r\n";
    for (const Row& row : {
             Row{"\r\n\r\n\r\n\r\n", 400},
             Row{"GET\r\n\r\n", 400},
             Row{"GET /hello/a HTTP/9.9\r\n" + host + "\r\n", 400},
             Row{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
             Row{"GET hello HTTP/1.1\r\n" + host + "\r\n", 400},
             Row{"OPTIONS * HTTP/1.1\r\n" + host + "\r\n", 400},
             Row{"GET /hello/a HTTP/1.1\r\n\r\n", 400}, // no Host
             Row{"GET /hello/a HTTP/1.1\r\n" + host + host + "\r\n", 400},
             Row{"GET /hello/a HTTP/1.1\r\nHost : a\r\n\r\n", 400},
             Row{"GET /hello/a HTTP/1.1\r\n" + host + "A\x01: b\r\n\r\n", 400},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", 400},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n", 400},
             Row{"POST /echo HTTP/1.1\r\n" + host
                     + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host
                     + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host
                     + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n" + smuggled,
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, gzip\r\n\r\n"
                     + smuggled,
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host
                     + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled,
                 400},
             Row{"POST /echo HTTP/1.1\r\n" + host
                     + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"
                     + smuggled,
                 400},
             Row{"GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n" + host + "\r\n", 431},
             Row{"GET / HTTP/1.1\r\n" + host + "A: " + std::string(20'000, 'a') + "\r\n\r\n", 431},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 300000\r\n\r\n", 413},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999999999\r\n\r\n", 413},
             Row{"POST /echo HTTP/1.1\r\n" + host + "Content-Length: 90071992547409912\r\n\r\n", 413
             },
             Row{std::string(100'000, '\xff'), 400},
             Row{std::string(100'000, '\0'), 400},
         }) {
        CAPTURE(row.request.substr(0, 120));
        RawClient client(server.port());
        client.send(row.request);
        client.stop_sending();
        const auto response = client.receive();
        REQUIRE(response.has_value());
        CHECK(response->status == row.status);
        CHECK(client.ended());
    }
    CHECK(soon([&] { return server.server->connections() == 0; }));
}

TEST_CASE("server: what is too large is told the limit") {
    TestServer server;
    RawClient header(server.port());
    header.send("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20'000, 'a') + "\r\n\r\n");
    CHECK(
        header.next().body.find(R"("field":"header","rule":"At most 16384 bytes.")")
        != std::string::npos
    );
    RawClient body(server.port());
    body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n");
    CHECK(
        body.next().body.find(R"("field":"body","rule":"At most 262144 bytes.")")
        != std::string::npos
    );
}

TEST_CASE("server: larger bodies where a route allows them, and 100-continue") {
    TestServer server;
    const std::string body(900'000, 'y');
    CHECK(ask(server.port(), "POST", "/big", "", body).body == body);
    CHECK(ask(server.port(), "GET", "/large").body.size() == 4UL << 20U);

    RawClient client(server.port());
    client.send("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
    );
    CHECK(client.receive_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("abc");
    CHECK(client.next().body == "abc");

    RawClient refused(server.port());
    refused.send("POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n"
                 "Expect: 100-continue\r\n\r\n");
    CHECK(refused.next().status == 413);
}

TEST_CASE("server: a refused request with a short body leaves the connection usable") {
    TestServer server;
    RawClient client(server.port());
    client.send(
        "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloPOST /echo HTTP/1.1"
        "\r\nHost: a\r\nContent-Length: 2\r\n\r\nok"
    );
    CHECK(client.next().status == 404);
    CHECK(client.next().body == "ok");
}

TEST_CASE("server: answers from other threads, dropped and late ones") {
    ServerConfig config;
    config.limits.handler_time = 300ms;
    TestServer server(config);
    CHECK(ask(server.port(), "POST", "/later", "", "x").body == "later x");
    const RawResponse dropped = ask(server.port(), "POST", "/never", "", "x");
    CHECK(dropped.status == 503);
    CHECK(dropped.body.find(R"("retry":"same_id")") != std::string::npos);
    CHECK(dropped.header("Retry-After") == "1");

    RawClient client(server.port());
    client.send("POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    CHECK(client.next().status == 503);
    client.send("POST /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(soon([&] {
        const std::lock_guard lock(server.mutex);
        return server.kept.size() == 2;
    }));
    server.kept[0](Response::text("for the first request")); // must not answer the second
    server.kept[1](Response::text("for the second"));
    CHECK(client.next().body == "for the second");
}

TEST_CASE("server: clients that go away early") {
    TestServer server;
    for (int i = 0; i < 20; ++i) {
        RawClient a(server.port());
        a.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
        a.reset();
        RawClient b(server.port());
        b.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        b.reset();
        RawClient c(server.port());
        c.send("POST /later HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
        c.reset();
        const RawClient d(server.port());
    }
    CHECK(ask(server.port(), "GET", "/hello/still").status == 200);
    CHECK(soon([&] { return server.server->connections() == 0; }));
    CHECK(server.counting.opened == server.counting.closed);
}

TEST_CASE("server: what the observer is told") {
    TestServer server;
    (void)ask(server.port(), "POST", "/echo", "", "abc");
    (void)ask(server.port(), "GET", "/me", "Cookie: hp_session=good\r\n");
    (void)ask(server.port(), "GET", "/nowhere?secret=1");
    CHECK(server.counting.log() == "POST /echo 200 3/3 \nGET /me 200 0/3 m:1\nGET  404 0/160 \n");
}

TEST_CASE("server: a parameter that the route does not have, or has twice, is named and refused") {
    TestServer server;
    const RawResponse odd = ask(server.port(), "GET", "/hello/you?and=me&adn=him");
    CHECK(odd.status == 400);
    CHECK(odd.header("Content-Type") == "application/problem+json");
    CHECK(odd.body.find(R"("code":"bad_argument")") != std::string::npos);
    CHECK(odd.body.find(R"("field":"adn")") != std::string::npos);
    const RawResponse twice = ask(server.port(), "GET", "/hello/you?and=me&x=1&and=me");
    CHECK(twice.status == 400);
    CHECK(twice.body.find(R"("code":"bad_argument")") != std::string::npos);
    CHECK(twice.body.find(R"("field":"and")") != std::string::npos);
    CHECK(ask(server.port(), "GET", "/me?x=1").status == 401); // who asks comes first
    CHECK(ask(server.port(), "GET", "/hello/you?").status == 200);
}

TEST_CASE("server: mutated requests neither stop nor break it") {
    TestServer server;
    const std::string seeds[] = {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /later HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n",
        "GET /hello/%41?and=%42&x HTTP/1.1\r\nHost: a\r\nCookie: hp_session=good\r\n\r\n",
        "GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nExpect: 100-continue\r\n\r\n",
    };
    std::mt19937 random(20260401); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same each time
    const auto below = [&](std::size_t n) { return random() % n; };
    for (int round = 0; round < 1500; ++round) {
        std::string bytes = seeds[below(4)] + seeds[below(4)];
        for (std::size_t edits = 1 + below(4); edits > 0; --edits) {
            const std::size_t at = below(bytes.size());
            switch (below(4)) {
            case 0:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 1:
                bytes.erase(at, below(20));
                break;
            case 2:
                bytes.insert(at, bytes.substr(below(bytes.size()), below(40)));
                break;
            default:
                bytes[at] = "\r\n :;/?%&=0f"[below(12)];
            }
        }
        CAPTURE(round);
        RawClient client(server.port());
        client.send(bytes);
        client.stop_sending();
        CHECK(client.ended());
    }
    CHECK(ask(server.port(), "GET", "/hello/still").status == 200);
    CHECK(soon([&] { return server.server->connections() == 0; }));
}
