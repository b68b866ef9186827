#include "node/http/router.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace handprint::http;

namespace {

Response named(const Request&) {
    return Response::text("x");
}

template <class R>
concept TakesRouteWithoutAuth =
    requires(R router) { router.add(Method::get, "/v1/ledger", named); };

template <class R>
concept TakesRouteWithAuth =
    requires(R router) { router.template add<auth::none>(Method::get, "/v1/ledger", named); };

// The rule itself: no kind, no route.
static_assert(TakesRouteWithAuth<Router>);
static_assert(!TakesRouteWithoutAuth<Router>);

std::string found(const Router& router, Method method, std::string_view path) {
    const Router::Match match = router.find(method, path);
    if (match.bad_path) return "400";
    if (match.route == nullptr) return match.allow.empty() ? "404" : "405 " + match.allow;
    std::string out = match.route->pattern;
    for (const auto& [name, value] : match.params)
        out += " " + std::string(name) + "=" + value;
    return out;
}

Router example() {
    Router router;
    router.add<auth::none>(Method::get, "/", named)
        .add<auth::none>(Method::get, "/v1/ledger", named)
        .add<auth::session>(Method::get, "/v1/claims", named)
        .add<auth::session>(Method::post, "/v1/claims", named)
        .add<auth::session>(Method::del, "/v1/claims/{batch}", named)
        .add<auth::session>(Method::get, "/v1/claims/mine", named)
        .add<auth::session>(Method::put, "/v1/drafts/{batch}/{task}", named)
        .add<auth::requester>(Method::get, "/v1/batches/{b}", named)
        .add<auth::requester>(Method::get, "/v1/batches/{b}/results", named)
        .add<auth::signed_body>(
            Method::post,
            "/v1/commands",
            [](const Request&, Reply reply) { reply(Response::empty()); }
        )
        .add<auth::none>(Method::get, "/log/{path...}", named);
    return router;
}

} // namespace

TEST_CASE("router: paths and what they find") {
    const Router router = example();

    struct Row {
        Method method;
        const char* path;
        const char* expected;
    };

    for (const Row& row : {
             Row{Method::get, "/", "/"},
             Row{Method::get, "/v1/ledger", "/v1/ledger"},
             Row{Method::head, "/v1/ledger", "/v1/ledger"},
             Row{Method::get, "/v1/ledger/", "404"},
             Row{Method::get, "/v1", "404"},
             Row{Method::get, "/v1//ledger", "404"},
             Row{Method::get, "", "404"},
             Row{Method::get, "*", "404"},
             Row{Method::get, "v1/ledger", "404"},
             Row{Method::post, "/v1/ledger", "405 GET, HEAD"},
             Row{Method::put, "/v1/claims", "405 GET, HEAD, POST"},
             Row{Method::other, "/v1/claims", "405 GET, HEAD, POST"},
             Row{Method::del, "/v1/claims/7", "/v1/claims/{batch} batch=7"},
             Row{Method::get, "/v1/claims/mine", "/v1/claims/mine"},
             // Not with this method at the literal, but there is a parameter that takes it.
             Row{Method::del, "/v1/claims/mine", "/v1/claims/{batch} batch=mine"},
             Row{Method::put, "/v1/drafts/3/9", "/v1/drafts/{batch}/{task} batch=3 task=9"},
             Row{Method::put, "/v1/drafts/a%2Fb/%41", "/v1/drafts/{batch}/{task} batch=a/b task=A"},
             Row{Method::put, "/v1/drafts//9", "404"},
             Row{Method::put, "/v1/drafts/3/%zz", "400"},
             Row{Method::put, "/v1/drafts/3/%00", "400"},
             Row{Method::get, "/v1/batches/12", "/v1/batches/{b} b=12"},
             Row{Method::get, "/v1/batches/12/results", "/v1/batches/{b}/results b=12"},
             Row{Method::get, "/v1/batches/12/nothing", "404"},
             Row{Method::get, "/log/tile/0/000", "/log/{path...} path=tile/0/000"},
             Row{Method::get, "/log/", "/log/{path...} path="},
             Row{Method::get, "/log", "404"},
             Row{Method::post, "/log/x", "405 GET, HEAD"},
         }) {
        CAPTURE(row.path);
        CAPTURE(std::string(name(row.method)));
        CHECK(found(router, row.method, row.path) == row.expected);
    }
}

TEST_CASE("router: the fallback takes GET of what is not there, and nothing else") {
    Router router = example();
    router.fallback(named);
    CHECK(found(router, Method::get, "/anything") == "(static)");
    CHECK(found(router, Method::head, "/anything") == "(static)");
    CHECK(found(router, Method::post, "/anything") == "404");
    CHECK(found(router, Method::post, "/v1/ledger") == "405 GET, HEAD");
}

TEST_CASE("router: the table of routes says what each asks for") {
    const Router router = example();
    std::string table;
    for (const Route* route : router.routes()) {
        if (route->auth != Auth::none && route->auth != Auth::session) {
            table += route->pattern + " " + std::string(name(route->auth)) + "\n";
        }
    }
    CHECK(
        table
        == "/v1/batches/{b} requester\n/v1/batches/{b}/results requester\n/v1/commands signed\n"
    );
}

TEST_CASE("router: a deep path is searched in bounded time") {
    const Router router = example();
    std::string path;
    for (int i = 0; i < 4000; ++i)
        path += "/a";
    CHECK(found(router, Method::get, path) == "404");
}
