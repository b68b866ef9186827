#include "node/http/auth.hpp"

#include "node/http/fields.hpp"

#include <algorithm>

namespace handprint::http {

std::string_view name(Auth kind) noexcept {
    switch (kind) {
    case Auth::none:
        return "none";
    case Auth::signed_body:
        return "signed";
    case Auth::session:
        return "session";
    case Auth::key:
        return "key";
    case Auth::requester:
        return "requester";
    case Auth::any:
        return "any";
    }
    return "";
}

std::string_view token_of(std::string_view authorization) noexcept {
    constexpr std::string_view kScheme = "bearer ";
    if (!equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return {};
    authorization.remove_prefix(kScheme.size());
    const std::size_t start = std::min(authorization.find_first_not_of(' '), authorization.size());
    return authorization.substr(start);
}

std::string_view cookie(std::string_view header, std::string_view name) noexcept {
    while (!header.empty()) {
        const std::size_t end = std::min(header.find(';'), header.size());
        std::string_view pair = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
            return pair.substr(name.size() + 1);
        }
    }
    return {};
}

} // namespace handprint::http
