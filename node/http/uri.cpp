#include "node/http/uri.hpp"

#include <algorithm>

namespace handprint::http {

namespace {

int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Result<std::string> decode_form(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

} // namespace

Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size()) return fail("uri: cut off after a percent sign");
        const int high = hex_digit(text[i + 1]);
        const int low = hex_digit(text[i + 2]);
        if (high < 0 || low < 0) return fail("uri: a percent sign without two digits");
        const int value = high * 16 + low;
        if (value == 0) return fail("uri: an encoded NUL");
        out.push_back(static_cast<char>(value));
        i += 2;
    }
    return out;
}

Result<Query> Query::parse(std::string_view text) {
    constexpr std::size_t kMostPairs = 64;
    Query query;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        if (query.pairs_.size() == kMostPairs) return fail("uri: too many parameters");
        const std::size_t equals = std::min(pair.find('='), pair.size());
        Result<std::string> name = decode_form(pair.substr(0, equals));
        if (!name) return unexpected(std::move(name).error());
        Result<std::string> value = decode_form(pair.substr(std::min(equals + 1, pair.size())));
        if (!value) return unexpected(std::move(value).error());
        query.pairs_.emplace_back(std::move(*name), std::move(*value));
    }
    return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const noexcept {
    for (const auto& [key, value] : pairs_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

} // namespace handprint::http
