#pragma once

#include "ledger/base/result.hpp"
#include "node/http/types.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace handprint::http {

/// What the pages of the web client may do: load from here, and nothing else.
inline constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The built web client. All of it is read into memory at start: a request only looks up a name, so
/// no path that a client sends ever reaches the file system.
class Assets {
public:
    /// Every regular file below `directory`; `x.br` and `x.gz` beside `x` are its compressed forms.
    /// Failure if it has no index.html or is larger than 64 MiB.
    [[nodiscard]] static Result<Assets>
    load(const std::string& directory, std::string_view policy = kContentSecurityPolicy);

    /// For Router::fallback: a file, or index.html for a page of the client's own routing (a path
    /// that a browser asks for as a page, outside /v1 and /log), or 404.
    [[nodiscard]] Response serve(const Request& request) const;

private:
    using Content = std::shared_ptr<const std::string>;

    struct Asset {
        Content plain;
        Content brotli; // null where there is none
        Content gzip;
        std::string type;
        std::string etag;
        std::string_view keeps; // the value of Cache-Control
    };

    [[nodiscard]] Response send(const Request& request, const Asset& asset) const;

    std::unordered_map<std::string, Asset> files_; // by path, "/assets/app.js"
    std::string policy_;
};

/// By the name's ending; `application/octet-stream` for what is not known.
[[nodiscard]] std::string_view content_type_of(std::string_view path) noexcept;

/// Whether a header such as Accept-Encoding names the coding and does not give it the weight 0.
[[nodiscard]] bool accepts(std::string_view header, std::string_view coding) noexcept;

} // namespace handprint::http
