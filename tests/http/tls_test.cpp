#include "node/outbound/http_client.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/scratch.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

using namespace handprint::http;
using namespace handprint::outbound;
using namespace handprint::test;
using namespace std::chrono_literals;

namespace {

/// A key and a self-signed certificate for 127.0.0.1, as PEM files.
TlsFiles make_certificate(const Scratch& dir) {
    const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
                                "-nodes -days 2 -subj /CN=localhost -addext "
                                "subjectAltName=IP:127.0.0.1 -keyout "
                                + dir.in("key.pem") + " -out " + dir.in("cert.pem")
                                + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
    return {dir.in("cert.pem"), dir.in("key.pem")};
}

HttpCall get(const TestServer& server, std::string_view scheme, std::string_view path) {
    HttpCall call;
    call.url =
        std::string(scheme) + "://127.0.0.1:" + std::to_string(server.port()) + std::string(path);
    return call;
}

} // namespace

TEST_CASE("tls: requests, keep-alive, bodies, who is trusted") {
    const Scratch dir;
    ServerConfig config;
    config.listen[0].tls = make_certificate(dir);
    config.limits.header_time = 500ms;
    TestServer server(config);
    HttpClient client;

    HttpCall call = get(server, "https", "/hello/tls");
    CHECK_FALSE(client.fetch(call)); // self-signed, not trusted
    call.ca_file = dir.in("cert.pem");
    const int before = server.counting.opened;
    for (int i = 0; i < 10; ++i) {
        const auto reply = client.fetch(call);
        REQUIRE(reply);
        CHECK(reply->status == 200);
        CHECK(reply->body == "hello tls at 127.0.0.1");
    }
    CHECK(server.counting.opened == before + 1);

    call = get(server, "https", "/big");
    call.ca_file = dir.in("cert.pem");
    call.method = "POST";
    call.body = std::string(1'000'000, 'z');
    const auto big = client.fetch(call);
    REQUIRE(big);
    CHECK(big->body == call.body);

    // Plain HTTP, silence and garbage where a handshake should be.
    RawClient plain(server.port());
    plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(plain.ended());
    RawClient silent(server.port());
    CHECK(silent.ended());
    CHECK(client.fetch(call)->status == 200);
}

TEST_CASE("tls: old versions are refused, HTTP/1.1 is agreed on") {
    const Scratch dir;
    ServerConfig config;
    config.listen[0].tls = make_certificate(dir);
    TestServer server(config);
    const std::string connect = "echo | timeout 5 openssl s_client -connect 127.0.0.1:"
                                + std::to_string(server.port()) + " -cipher ALL:@SECLEVEL=0 ";
    CHECK(std::system((connect + "-tls1_1 >/dev/null 2>&1").c_str()) != 0);
    CHECK(
        std::system(
            (connect + "-tls1_2 -alpn h2,http/1.1 2>&1 | grep -q 'ALPN protocol: http/1.1'").c_str()
        )
        == 0
    );
    CHECK(std::system((connect + "-tls1_3 >/dev/null 2>&1").c_str()) == 0);
}

TEST_CASE("tls: files that are no certificate") {
    const Scratch dir;
    ServerConfig config;
    config.listen[0].tls = TlsFiles{dir.in("none"), dir.in("none")};
    CHECK_FALSE(Server::start(config, Router()));
    TlsFiles files = make_certificate(dir);
    std::swap(files.certificate_chain, files.private_key);
    config.listen[0].tls = files;
    CHECK_FALSE(Server::start(config, Router()));
}

TEST_CASE("client: methods, headers, limits, time, no redirects, no other schemes") {
    TestServer server;
    HttpClient client;
    HttpCall call = get(server, "http", "/echo");
    call.method = "POST";
    call.body = "body";
    CHECK(client.fetch(call)->body == "body");
    call.body = "";
    CHECK(client.fetch(call)->status == 200);
    call.method = "HEAD";
    CHECK(client.fetch(call)->status == 405);
    CHECK(client.fetch(call)->header("allow") == "POST");
    call = get(server, "http", "/key");
    call.headers = {{"Authorization", "Bearer hp_good"}};
    CHECK(client.fetch(call)->body == "r:3");
    call.headers = {{"X", "a\r\nAuthorization: Bearer hp_good"}};
    CHECK_FALSE(client.fetch(call));

    call = get(server, "http", "/large");
    CHECK_FALSE(client.fetch(call));
    call.reply_max = 8UL << 20U;
    CHECK(client.fetch(call)->body.size() == 4UL << 20U);

    call = get(server, "http", "/kept");
    call.method = "POST";
    call.timeout = 200ms;
    CHECK_FALSE(client.fetch(call));

    call = {};
    call.url = "file:///etc/passwd";
    CHECK_FALSE(client.fetch(call));
    call.url = "http://127.0.0.1:1/";
    CHECK_FALSE(client.fetch(call));
}

TEST_CASE("client: many threads share it") {
    TestServer server;
    HttpClient client;
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                const auto reply = client.fetch(get(server, "http", "/hello/x"));
                if (reply && reply->status == 200) ++good;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(good == 400);
    CHECK(server.counting.opened <= 8);
}
