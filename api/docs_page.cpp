#include "api/docs_page.hpp"

#include <nlohmann/json.hpp>

namespace handprint::api {

namespace {

using nlohmann::ordered_json;

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string words(const ordered_json& json, const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

/// Follows one "$ref" within the document.
const ordered_json& resolved(const ordered_json& document, const ordered_json& json) {
    const std::string ref = json.is_object() ? words(json, "$ref") : std::string{};
    // NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter): part of the document
    if (!ref.starts_with("#/")) return json;
    const ordered_json::json_pointer pointer(ref.substr(1));
    return document.contains(pointer) ? document.at(pointer) : json;
}

void add_examples(std::string& page, const ordered_json& document, const ordered_json& holder) {
    const auto content = holder.find("content");
    if (content == holder.end()) return;
    for (const auto& [type, media] : content->items()) {
        page += "<p>Body: <code>" + escaped(type) + "</code></p>";
        const auto show = [&](const ordered_json& example) {
            const std::string text =
                example.is_string() ? example.get<std::string>() : example.dump(2);
            page += "<pre tabindex=\"0\">" + escaped(text.substr(0, 4000)) + "</pre>";
        };
        if (media.contains("example")) show(media["example"]);
        if (!media.contains("examples")) continue;
        for (const auto& [name, example] : media["examples"].items()) {
            const auto& real = resolved(document, example);
            if (real.contains("value")) show(real["value"]);
        }
    }
}

void add_operation(
    std::string& page,
    const ordered_json& document,
    const std::string& method,
    const std::string& path,
    const ordered_json& operation
) {
    std::string upper = method;
    for (char& c : upper)
        c = static_cast<char>(c - 'a' + 'A');
    page += "<details><summary><code>" + upper + ' ' + escaped(path) + "</code> "
            + escaped(words(operation, "summary")) + "</summary>";
    page += "<p>" + escaped(words(operation, "description")) + "</p>";
    if (operation.contains("requestBody")) {
        page += "<h3>Request</h3>";
        add_examples(page, document, resolved(document, operation["requestBody"]));
    }
    if (operation.contains("responses")) {
        for (const auto& [status, response] : operation["responses"].items()) {
            const auto& real = resolved(document, response);
            page += "<h3>" + escaped(status) + "</h3><p>" + escaped(words(real, "description"))
                    + "</p>";
            add_examples(page, document, real);
        }
    }
    page += "</details>\n";
}

} // namespace

Result<std::string> docs_page(std::string_view openapi) {
    const auto document = ordered_json::parse(openapi, nullptr, false);
    if (!document.is_object() || !document.contains("paths") || !document.contains("info")) {
        return fail("not an OpenAPI document");
    }
    const std::string title = words(document["info"], "title");
    std::string page =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
        + escaped(title) + "</title></head><body><main><h1>" + escaped(title) + "</h1><p>"
        + escaped(words(document["info"], "description"))
        + "</p><p>The contract itself: <a href=\"/openapi.json\">openapi.json</a></p>\n";
    for (const auto& [path, item] : document["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (operation.is_object() && operation.contains("responses")) {
                add_operation(page, document, method, path, operation);
            }
        }
    }
    return page + "</main></body></html>\n";
}

} // namespace handprint::api
