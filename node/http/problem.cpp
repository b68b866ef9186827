#include "node/http/problem.hpp"

#include "ledger/base/utf8.hpp"

#include <array>

namespace handprint::http {

namespace {

void append_string(std::string& out, std::string_view text) {
    while (!is_utf8(text))
        text.remove_suffix(1);
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            constexpr std::string_view kDigits = "0123456789abcdef";
            out.append("\\u00");
            out.push_back(kDigits[static_cast<unsigned char>(c) >> 4U]);
            out.push_back(kDigits[static_cast<unsigned char>(c) & 15U]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

Problem bad_field(std::string_view name, const char* what) {
    return {
        400,
        "bad_argument",
        "Not a request we understand",
        std::string(name) + what,
        Retry::never,
        0,
        std::string(name)
    };
}

} // namespace

std::string_view name(Retry retry) noexcept {
    constexpr std::array<std::string_view, 4> kNames{"never", "later", "same_id", "fresh"};
    return kNames[static_cast<std::size_t>(retry)];
}

Problem unavailable() {
    return {
        503,
        "no_answer",
        "The outcome is not known",
        "Send the same command again, with the same id.",
        Retry::same_id,
        1
    };
}

Problem internal() {
    return {500, "internal", "Something is broken here", "", Retry::later, 0};
}

Problem not_found() {
    return {404, "not_found", "There is nothing here", "No such path.", Retry::never, 0};
}

Problem unknown_field(std::string_view name) {
    return bad_field(name, " is not known");
}

Problem repeated_field(std::string_view name) {
    return bad_field(name, " is given more than once");
}

std::string problem_json(const Problem& problem) {
    std::string out = "{\"type\":";
    append_string(out, "https://handprint.example/problems/" + problem.code);
    out += ",\"title\":";
    append_string(out, problem.title);
    out += ",\"status\":" + std::to_string(problem.status);
    if (!problem.detail.empty()) {
        out += ",\"detail\":";
        append_string(out, problem.detail);
    }
    out += ",\"code\":";
    append_string(out, problem.code);
    if (!problem.field.empty()) {
        out += ",\"field\":";
        append_string(out, problem.field);
        out += ",\"rule\":";
        append_string(out, problem.detail);
    }
    out += ",\"retry\":";
    append_string(out, name(problem.retry));
    out += "}";
    return out;
}

} // namespace handprint::http
