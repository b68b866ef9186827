#include "node/http/log_files.hpp"

#include "ledger/base/decimal.hpp"
#include "node/files/files.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace handprint::http {

namespace {

constexpr std::size_t kFileMax = 32UL * 1024 * 1024; // an entry bundle is at most 256 * 65,537

bool is_digits(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The list of a distribution: `distribution/` and the index of its seal.
bool is_list_path(std::string_view path) noexcept {
    constexpr std::string_view kFolder = "distribution/";
    if (!path.starts_with(kFolder)) return false;
    path.remove_prefix(kFolder.size());
    return path.size() <= 19 && is_digits(path) && (path == "0" || !path.starts_with('0'))
           && !path.empty();
}

/// Three digits, with an 'x' before them in all groups but the last.
bool is_group(std::string_view text, bool last) noexcept {
    if (!last) {
        if (!text.starts_with('x')) return false;
        text.remove_prefix(1);
    }
    return text.size() == 3 && is_digits(text);
}

/// Three digits a group, no leading group of zeros, a number of at most 64 bits.
bool is_index(std::string_view text) noexcept {
    std::uint64_t number = 0;
    for (bool first = true;; first = false) {
        const std::size_t slash = text.find('/');
        const bool last = slash == std::string_view::npos;
        const std::string_view group = text.substr(0, slash);
        if (!is_group(group, last)) return false;
        if (first && !last && group == "x000") return false;
        for (const char c : group.substr(last ? 0 : 1)) {
            const auto digit = static_cast<std::uint64_t>(c - '0');
            if (number > (UINT64_MAX - digit) / 10) return false;
            number = number * 10 + digit;
        }
        if (last) return true;
        text.remove_prefix(slash + 1);
    }
}

} // namespace

bool is_tile_path(std::string_view path) noexcept {
    constexpr std::string_view kTile = "tile/";
    if (!path.starts_with(kTile)) return false;
    path.remove_prefix(kTile.size());
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view level = path.substr(0, slash);
    path.remove_prefix(slash + 1);
    if (level != "entries") {
        if (level.size() > 2) return false;
        const Result<std::uint64_t> number = parse_u64(level);
        if (!number || *number > 63) return false;
    }
    const std::size_t partial = path.find(".p/");
    if (partial != std::string_view::npos) {
        const std::string_view width = path.substr(partial + 3);
        path = path.substr(0, partial);
        if (width.size() > 3) return false;
        const Result<std::uint64_t> number = parse_u64(width);
        if (!number || *number < 1 || *number > 255) return false;
    }
    return is_index(path);
}

LogFiles::LogFiles(std::string directory) : directory_(std::move(directory)) {}

Response LogFiles::serve(const Request& request) const {
    const std::string_view name = request.param("path");
    const bool checkpoint = name == "checkpoint";
    Result<std::string> content = fail("no such file");
    const bool list = is_list_path(name);
    if (checkpoint || list || is_tile_path(name)) {
        content = files::read_regular(directory_ + "/" + std::string(name), kFileMax);
    }
    if (!content) {
        // Not to be kept: what is missing today is a file tomorrow.
        Response missing = problem(not_found());
        missing.with("Access-Control-Allow-Origin", "*").with("Cache-Control", "no-store");
        return missing;
    }
    Response response;
    response.body = std::move(*content);
    response.content_type = checkpoint ? "text/plain; charset=utf-8"
                            : list     ? "application/json"
                                       : "application/octet-stream";
    response.with("Access-Control-Allow-Origin", "*")
        .with("Cache-Control", checkpoint ? "no-store" : "public, max-age=604800, immutable");
    return response;
}

} // namespace handprint::http
