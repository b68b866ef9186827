#include "node/http/assets.hpp"
#include "node/http/log_files.hpp"
#include "node/http/server.hpp"
#include "tests/http/raw_client.hpp"
#include "tests/http/scratch.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using namespace handprint::http;
using namespace handprint::test;

namespace {

struct Site {
    Scratch dir;
    std::unique_ptr<Server> server;

    Site() {
        dir.write("dist/index.html", "<!doctype html>page");
        dir.write("dist/sw.js", "worker");
        dir.write("dist/manifest.webmanifest", "{}");
        dir.write("dist/assets/app-1a2b.js", "plain script");
        dir.write("dist/assets/app-1a2b.js.br", "brotli script");
        dir.write("dist/assets/app-1a2b.js.gz", "gzip script");
        dir.write("dist/icon.svg", "<svg/>");
        dir.write("dist/lonely.js.br", "no plain form");
        dir.write("secret", "not served");
        dir.write("log/checkpoint", "origin\n1\nroot\n\nsignature\n");
        dir.write("log/tile/0/000", "full");
        dir.write("log/tile/0/x001/067.p/3", "partial");
        dir.write("log/tile/entries/000", "bundle");
        dir.write("log/private", "not served");
        dir.write("log/distribution/4711", "{}");
        dir.write("log/distribution/04711", "not served");
        dir.write("log/distribution/private", "not served");
        std::filesystem::create_symlink(dir.in("secret"), dir.in("dist/link"));
        std::filesystem::create_symlink(dir.in("secret"), dir.in("log/tile/0/001"));
        Router router;
        auto loaded = Assets::load(dir.in("dist"));
        auto assets = std::make_shared<Assets>(std::move(loaded.value()));
        auto log = std::make_shared<LogFiles>(dir.in("log"));
        router
            .add<auth::none>(
                Method::get, "/log/{path...}", [log](const Request& r) { return log->serve(r); }
            )
            .add<auth::none>(Method::get, "/v1/ledger", [](const Request&) {
                return Response::json("{}");
            });
        router.fallback([assets](const Request& r) { return assets->serve(r); });
        auto started = Server::start({}, std::move(router));
        server = std::move(started.value());
    }

    RawResponse get(std::string_view path, std::string_view headers = "") const {
        return ask(server->ports()[0], "GET", path, headers);
    }
};

} // namespace

TEST_CASE("assets: files, encodings, how long they keep") {
    const Site site;
    const RawResponse index = site.get("/");
    CHECK(index.status == 200);
    CHECK(index.body == "<!doctype html>page");
    CHECK(index.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(index.header("Cache-Control") == "no-cache");
    CHECK(index.header("Content-Security-Policy").starts_with("default-src 'none'; script-src"));
    CHECK(index.header("Referrer-Policy") == "no-referrer");
    CHECK(index.header("X-Content-Type-Options") == "nosniff");
    CHECK(site.get("/index.html").body == index.body);
    CHECK(site.get("/sw.js").header("Cache-Control") == "no-cache");
    CHECK(site.get("/manifest.webmanifest").header("Content-Type") == "application/manifest+json");
    CHECK(ask(site.server->ports()[0], "HEAD", "/").status == 200);

    const char* script = "/assets/app-1a2b.js";
    const RawResponse plain = site.get(script);
    CHECK(plain.body == "plain script");
    CHECK(plain.header("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(plain.header("Vary") == "Accept-Encoding");
    CHECK(plain.header("Content-Encoding").empty());
    const RawResponse brotli = site.get(script, "Accept-Encoding: gzip, deflate, br\r\n");
    CHECK(brotli.body == "brotli script");
    CHECK(brotli.header("Content-Encoding") == "br");
    CHECK(brotli.header("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(site.get(script, "Accept-Encoding: br;q=0, gzip\r\n").body == "gzip script");
    CHECK(site.get(script, "Accept-Encoding: identity\r\n").body == "plain script");
    CHECK(site.get("/lonely.js").status == 404);

    const RawResponse same = site.get("/", "If-None-Match: " + index.header("ETag") + "\r\n");
    CHECK(same.status == 304);
    CHECK(same.body.empty());
}

TEST_CASE("assets: what the log does not have is a problem that anybody may read") {
    const Site site;
    for (const char* path : {"/log/nothing", "/log/tile/0/999", "/log/distribution/4712"}) {
        CAPTURE(path);
        const RawResponse missing = site.get(path);
        CHECK(missing.status == 404);
        CHECK(missing.header("Content-Type") == "application/problem+json");
        CHECK(missing.body.find(R"("code":"not_found")") != std::string::npos);
        CHECK(missing.header("Access-Control-Allow-Origin") == "*");
        CHECK(missing.header("Cache-Control") == "no-store");
    }
}

TEST_CASE("assets: pages of the client's own routing, and what is none") {
    const Site site;
    const char* browser = "Accept: text/html,application/xhtml+xml\r\n";
    CHECK(site.get("/earnings/2026", browser).body == "<!doctype html>page");
    CHECK(site.get("/earnings/2026").status == 404);
    CHECK(site.get("/v1/nothing", browser).status == 404);
    CHECK(site.get("/v1", browser).status == 404);
    CHECK(site.get("/log", browser).status == 404);
    CHECK(site.get("/v1x", browser).status == 200);
    CHECK(ask(site.server->ports()[0], "POST", "/earnings", browser).status == 404);
    CHECK(site.get("/v1/ledger").header("Cache-Control") == "no-store");
}

TEST_CASE("static: no path leaves its directory") {
    const Site site;
    for (const char* path : {
             "/../secret",
             "/%2e%2e/secret",
             "/assets/../../secret",
             "/assets/%2e%2e%2f%2e%2e%2fsecret",
             "/..%5csecret",
             "//secret",
             "/link",
             "/./index.html",
             "/index.html%00.js",
             "/log/../secret",
             "/log/%2e%2e/secret",
             "/log/%2e%2e%2fsecret",
             "/log/tile/../../secret",
             "/log/tile/0/../../private",
             "/log//checkpoint",
             "/log/private",
             "/log/distribution",
             "/log/distribution/",
             "/log/distribution/04711",
             "/log/distribution/private",
             "/log/distribution/../private",
             "/log/distribution/%34711/../../private",
             "/log/tile/0/001", // a symbolic link
             "/log/tile",
             "/log/tile/0",
             "/log/tile/0/",
             "/log/",
         }) {
        CAPTURE(path);
        const RawResponse response = site.get(path);
        CHECK(response.status >= 400);
        CHECK(response.body.find("not served") == std::string::npos);
    }
}

TEST_CASE("log: checkpoint, tiles, bundles") {
    const Site site;
    const RawResponse checkpoint = site.get("/log/checkpoint");
    CHECK(checkpoint.status == 200);
    CHECK(checkpoint.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(checkpoint.header("Cache-Control") == "no-store");
    CHECK(checkpoint.header("Access-Control-Allow-Origin") == "*");
    for (const char* tile :
         {"/log/tile/0/000", "/log/tile/0/x001/067.p/3", "/log/tile/entries/000"}) {
        CAPTURE(tile);
        const RawResponse response = site.get(tile);
        CHECK(response.status == 200);
        CHECK(response.header("Content-Type") == "application/octet-stream");
        CHECK(response.header("Cache-Control") == "public, max-age=604800, immutable");
        CHECK(response.header("Access-Control-Allow-Origin") == "*");
    }
    const RawResponse list = site.get("/log/distribution/4711");
    CHECK(list.status == 200);
    CHECK(list.header("Content-Type") == "application/json");
    CHECK(list.header("Cache-Control") == "public, max-age=604800, immutable");
    CHECK(list.header("Access-Control-Allow-Origin") == "*");
    CHECK(site.get("/log/distribution/4712").status == 404);
    const RawResponse missing = site.get("/log/tile/0/000.p/7");
    CHECK(missing.status == 404);
    CHECK(missing.header("Cache-Control") == "no-store");
    CHECK(missing.header("Access-Control-Allow-Origin") == "*");
}

TEST_CASE("log: names of tiles are written one way") {
    for (const char* good : {
             "tile/0/000",
             "tile/63/999",
             "tile/0/x001/000",
             "tile/entries/x001/x234/067.p/255",
             "tile/0/x018/x446/x744/x073/x709/x551/615",
         }) {
        CAPTURE(good);
        CHECK(is_tile_path(good));
    }
    for (const char* bad : {
             "tile/64/000",
             "tile/00/000",
             "tile/-1/000",
             "tile/0/1",
             "tile/0/0000",
             "tile/0/x001",
             "tile/0/001/000",
             "tile/0/x000/000",
             "tile/0/x001/x000",
             "tile/0/000.p/0",
             "tile/0/000.p/256",
             "tile/0/000.p/01",
             "tile/0/000.p/",
             "tile/0/000.p/1/2",
             "tile/entries/",
             "tile//000",
             "Tile/0/000",
             "tile/0/000/",
             "tile/0/x001/x001/x001/x001/x001/x001/x001/x001/000",
             "tile/0/x018/x446/x744/x073/x709/x551/616",
             "tile/0/x019/x223/x372/x036/x854/x775/807",
         }) {
        CAPTURE(bad);
        CHECK_FALSE(is_tile_path(bad));
    }
}

TEST_CASE("assets: a directory that is not a web client") {
    const Scratch dir;
    CHECK_FALSE(Assets::load(dir.in("nothing")));
    dir.write("x/app.js", "1");
    CHECK_FALSE(Assets::load(dir.in("x")));
}

TEST_CASE("accepts: weights and names") {
    CHECK(accepts("gzip, br", "br"));
    CHECK(accepts("BR;q=0.5", "br"));
    CHECK_FALSE(accepts("br;q=0", "br"));
    CHECK_FALSE(accepts("br; q=0.000", "br"));
    CHECK_FALSE(accepts("brotli", "br"));
    CHECK_FALSE(accepts("", "br"));
}
