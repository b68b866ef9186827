#include "tests/http/raw_client.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint::http;
using namespace handprint::test;

TEST_CASE("auth: each kind of route with each kind of credential") {
    TestServer server;
    const char* kNothing = "";
    const char* kCookie = "Cookie: a=b; hp_session=good\r\n";
    const char* kBadCookie = "Cookie: hp_session=bad\r\n";
    const char* kKey = "authorization: bearer hp_good\r\n";
    const char* kBadKey = "Authorization: Bearer hp_bad\r\n";
    const char* kBasic = "Authorization: Basic aHBfZ29vZA==\r\n";

    struct Row {
        const char* path;
        const char* credential;
        int status;
        const char* who;
    };

    for (const Row& row : {
             Row{"/me", kNothing, 401, ""},
             Row{"/me", kCookie, 200, "m:1"},
             Row{"/me", kBadCookie, 401, ""},
             Row{"/me", kKey, 401, ""},
             Row{"/key", kNothing, 401, ""},
             Row{"/key", kCookie, 401, ""},
             Row{"/key", kKey, 200, "r:3"},
             Row{"/key", kBadKey, 401, ""},
             Row{"/key", kBasic, 401, ""},
             Row{"/either", kNothing, 401, ""},
             Row{"/either", kCookie, 200, "m:1"},
             Row{"/either", kKey, 200, "r:3"},
             Row{"/either", kBadKey, 401, ""},
             Row{"/anyone", kNothing, 200, "nobody"},
             Row{"/anyone", kCookie, 200, "m:1"},
             Row{"/anyone", kKey, 200, "r:3"},
             // Credentials that are sent must be good, or the caller sees less without knowing why.
             Row{"/anyone", kBadCookie, 401, ""},
             Row{"/anyone", kBadKey, 401, ""},
         }) {
        CAPTURE(row.path);
        CAPTURE(row.credential);
        const RawResponse response = ask(server.port(), "GET", row.path, row.credential);
        CHECK(response.status == row.status);
        if (row.status == 200) CHECK(response.body == row.who);
        if (row.status == 401) CHECK(response.header("WWW-Authenticate").starts_with("Bearer"));
    }
}

TEST_CASE("auth: a cookie does not work for other sites") {
    TestServer server;
    const std::string cookie = "Cookie: hp_session=good\r\n";

    struct Row {
        const char* headers;
        int status;
    };

    for (const Row& row : {
             Row{"", 200}, // no browser
             Row{"Origin: https://test\r\n", 200},
             Row{"Origin: https://evil.example\r\n", 403},
             Row{"Origin: null\r\n", 403},
             Row{"Sec-Fetch-Site: same-origin\r\n", 200},
             Row{"Sec-Fetch-Site: same-site\r\n", 403},
             Row{"Sec-Fetch-Site: cross-site\r\n", 403},
         }) {
        CAPTURE(row.headers);
        CHECK(ask(server.port(), "POST", "/me", cookie + row.headers).status == row.status);
        CHECK(ask(server.port(), "GET", "/me", cookie + row.headers).status == 200);
    }
}
