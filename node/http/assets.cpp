#include "node/http/assets.hpp"

#include "ledger/base/crypto.hpp"
#include "ledger/base/hex.hpp"
#include "node/files/files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace handprint::http {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTotalMax = 64UL * 1024 * 1024;

struct Ending {
    std::string_view ending;
    std::string_view type;
};

constexpr std::array<Ending, 21> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".tgz", "application/gzip"},
}};

/// Names under /assets/ carry a hash of their content. The rest is asked for anew each time, so
/// that a new version reaches people, and answered with 304.
std::string_view keeps_of(std::string_view path) {
    if (path.starts_with("/assets/")) return "public, max-age=31536000, immutable";
    return "no-cache";
}

bool wants_page(const Request& request) {
    const std::string_view path = request.path;
    const auto below = [&](std::string_view prefix) {
        return path.starts_with(prefix)
               && (path.size() == prefix.size() || path[prefix.size()] == '/');
    };
    if (below("/v1") || below("/log")) return false;
    return request.headers.get("Accept").find("text/html") != std::string_view::npos;
}

} // namespace

std::string_view content_type_of(std::string_view path) noexcept {
    for (const Ending& known : kTypes) {
        if (path.ends_with(known.ending)) return known.type;
    }
    return "application/octet-stream";
}

bool accepts(std::string_view header, std::string_view coding) noexcept {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(','), header.size());
        std::string_view item = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
        const std::string_view token = item.substr(0, item.find_first_of("; "));
        if (!equal_ignoring_case(token, coding)) continue;
        const std::size_t weight = item.find("q=");
        if (weight == std::string_view::npos) return true;
        return item.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
    }
    return false;
}

Result<Assets> Assets::load(const std::string& directory, std::string_view policy) {
    Assets assets;
    assets.policy_ = policy;
    std::size_t total = 0;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(directory, ec), end; !ec && it != end;
         it.increment(ec)) {
        if (!it->is_regular_file() || it->is_symlink()) continue;
        auto read = files::read_regular(it->path().string(), kTotalMax - total);
        if (!read) return fail("assets: " + read.error().what);
        total += read->size();
        auto content = std::make_shared<const std::string>(std::move(*read));

        std::string path = "/" + fs::relative(it->path(), directory).generic_string();
        const bool brotli = path.ends_with(".br");
        const bool gzip = path.ends_with(".gz");
        if (brotli || gzip) path.resize(path.size() - 3);
        Asset& asset = assets.files_[path];
        (brotli ? asset.brotli : gzip ? asset.gzip : asset.plain) = std::move(content);
    }
    if (ec) return fail("assets: " + directory + ": " + ec.message());
    std::erase_if(assets.files_, [](const auto& file) { return file.second.plain == nullptr; });
    for (auto& [path, asset] : assets.files_) {
        asset.type = content_type_of(path);
        asset.keeps = keeps_of(path);
        const Hash hash = sha256(as_bytes(*asset.plain));
        asset.etag = "\"" + hex_encode(ByteView(hash).first(12)) + "\"";
    }
    if (!assets.files_.contains("/index.html")) {
        return fail("assets: " + directory + " has no index.html");
    }
    return assets;
}

Response Assets::send(const Request& request, const Asset& asset) const {
    Response response;
    response.content_type = asset.type;
    response.with("Cache-Control", asset.keeps)
        .with("ETag", asset.etag)
        .with("Referrer-Policy", "no-referrer");
    if (asset.brotli || asset.gzip) response.with("Vary", "Accept-Encoding");
    if (asset.type.starts_with("text/html") || asset.type == "image/svg+xml") {
        response.with("Content-Security-Policy", policy_)
            .with("Cross-Origin-Opener-Policy", "same-origin");
    }
    if (request.headers.get("If-None-Match") == asset.etag) {
        response.status = 304;
        return response;
    }
    const std::string_view encodings = request.headers.get("Accept-Encoding");
    if (asset.brotli && accepts(encodings, "br")) {
        response.shared_body = asset.brotli;
        response.with("Content-Encoding", "br");
    } else if (asset.gzip && accepts(encodings, "gzip")) {
        response.shared_body = asset.gzip;
        response.with("Content-Encoding", "gzip");
    } else {
        response.shared_body = asset.plain;
    }
    return response;
}

Response Assets::serve(const Request& request) const {
    const Result<std::string> path = percent_decode(request.path);
    if (path) {
        const auto found = files_.find(*path == "/" ? "/index.html" : *path);
        if (found != files_.end()) return send(request, found->second);
        if (wants_page(request)) return send(request, files_.at("/index.html"));
    }
    return problem(not_found());
}

} // namespace handprint::http
