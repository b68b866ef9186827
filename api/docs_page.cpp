#include "api/docs_page.hpp"

#include "api/markup.hpp"

#include <nlohmann/json.hpp>

namespace handprint::api {

namespace {

using nlohmann::ordered_json;

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
        page += "<p>Body: <code>" + escape_html(type) + "</code></p>";
        const auto show = [&](const ordered_json& example) {
            const std::string text =
                example.is_string() ? example.get<std::string>() : example.dump(2);
            page += "<pre tabindex=\"0\">" + escape_html(text.substr(0, 4000)) + "</pre>";
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
    page += "<details><summary><code>" + upper + ' ' + escape_html(path) + "</code> "
            + escape_html(words(operation, "summary")) + "</summary>";
    page += html_of(words(operation, "description"));
    if (operation.contains("requestBody")) {
        page += "<h3>Request</h3>";
        add_examples(page, document, resolved(document, operation["requestBody"]));
    }
    if (operation.contains("responses")) {
        for (const auto& [status, response] : operation["responses"].items()) {
            const auto& real = resolved(document, response);
            page += "<h3>" + escape_html(status) + "</h3>" + html_of(words(real, "description"));
            add_examples(page, document, real);
        }
    }
    page += "</details>\n";
}

} // namespace

std::string_view docs_style() {
    return R"(:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { line-height: 1.2; }
h3 { margin: 1.25rem 0 0.25rem; font-size: 1rem; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
code { padding: 0.1em 0.3em; border-radius: 0.25rem; background: rgb(127 127 127 / 16%); }
pre { padding: 0.75rem; overflow: auto; border-radius: 0.5rem; background: rgb(127 127 127 / 12%); }
.table { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 0.6rem; border: 1px solid rgb(127 127 127 / 40%); text-align: left; vertical-align: top; }
details { border-top: 1px solid rgb(127 127 127 / 40%); padding: 0.25rem 0; }
summary { padding: 0.5rem 0; cursor: pointer; }
)";
}

Result<std::string> docs_page(std::string_view openapi) {
    const auto document = ordered_json::parse(openapi, nullptr, false);
    if (!document.is_object() || !document.contains("paths") || !document.contains("info")) {
        return fail("not an OpenAPI document");
    }
    const std::string title = words(document["info"], "title");
    std::string page =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
        + escape_html(title)
        + "</title><link rel=\"stylesheet\" href=\"/docs.css\"></head><body><main><h1>"
        + escape_html(title) + "</h1>" + html_of(words(document["info"], "description"))
        + "<p>The contract itself: <a href=\"/openapi.json\">openapi.json</a></p>\n";
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
