#include "api/docs_page.hpp"

#include "api/docs_schema.hpp"
#include "api/markup.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace handprint::api {

namespace {

using nlohmann::ordered_json;

/// Who may call it, by the name of the auth kind.
std::string who(const std::string& auth) {
    if (auth == "none") return "anyone";
    if (auth == "signed") return "anyone; what is sent is signed by its party";
    if (auth == "session") return "whoever has signed in: the cookie of a session";
    if (auth == "requester") return "a requester: the cookie of a session, or an API key";
    if (auth == "any") return "anyone; a session or an API key opens more";
    return auth;
}

struct Operation {
    std::string method;
    std::string path;
    const ordered_json& json;

    [[nodiscard]] std::string id() const { return "op-" + words(json, "operationId"); }

    [[nodiscard]] bool has_tag(const std::string& tag) const {
        const auto tags = json.find("tags");
        return tags != json.end() && std::find(tags->begin(), tags->end(), tag) != tags->end();
    }
};

std::vector<Operation> operations_of(const ordered_json& document) {
    std::vector<Operation> out;
    for (const auto& [path, item] : document["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (!operation.is_object() || !operation.contains("responses")) continue;
            std::string upper = method;
            for (char& c : upper)
                c = static_cast<char>(c - 'a' + 'A');
            out.push_back({upper, path, operation});
        }
    }
    return out;
}

class DocsPage {
public:
    explicit DocsPage(const ordered_json& document)
        : document_(document), operations_(operations_of(document)) {}

    std::string made() && {
        const std::string title = escape_html(words(document_["info"], "title"));
        page_ = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>"
                + title + ": interface</title><link rel=\"stylesheet\" href=\"/docs.css\"></head>"
                + "<body><main><h1>" + title + ": interface</h1>"
                + "<p>The contract itself: <a href=\"/openapi.json\">openapi.json</a></p>\n";
        add_contents();
        page_ += "<h2 id=\"all\">What holds for all</h2>"
                 + html_of(words(document_["info"], "description"));
        for (const auto& tag : tags()) {
            const std::string name = words(tag, "name");
            page_ += "<h2 id=\"tag-" + escape_html(name) + "\">" + heading(tag) + "</h2>\n";
            for (const Operation& operation : operations_) {
                if (operation.has_tag(name)) add(operation);
            }
        }
        page_ += "</main></body></html>\n";
        return std::move(page_);
    }

private:
    [[nodiscard]] ordered_json tags() const {
        return document_.value("tags", ordered_json::array());
    }

    static std::string heading(const ordered_json& tag) {
        return inline_html(words(tag, "description"));
    }

    static std::string summary(const Operation& one) {
        return "<code>" + one.method + ' ' + escape_html(one.path) + "</code> "
               + inline_html(words(one.json, "summary"));
    }

    void add_contents() {
        page_ +=
            "<nav aria-label=\"Contents\"><ul><li><a href=\"#all\">What holds for all</a></li>";
        for (const auto& tag : tags()) {
            const std::string name = words(tag, "name");
            page_ += "<li><a href=\"#tag-" + escape_html(name) + "\">" + heading(tag) + "</a><ul>";
            for (const Operation& one : operations_) {
                if (!one.has_tag(name)) continue;
                page_ +=
                    "<li><a href=\"#" + escape_html(one.id()) + "\">" + summary(one) + "</a></li>";
            }
            page_ += "</ul></li>\n";
        }
        page_ += "</ul></nav>\n";
    }

    void add(const Operation& one) {
        page_ += "<section aria-labelledby=\"" + escape_html(one.id()) + "\"><h3 id=\""
                 + escape_html(one.id()) + "\">" + summary(one) + "</h3>"
                 + html_of(words(one.json, "description"));
        if (one.json.contains("x-auth"))
            page_ += "<p>Who: " + escape_html(who(words(one.json, "x-auth"))) + ".</p>";
        if (one.json.contains("parameters"))
            page_ += table_of_parameters(document_, one.json["parameters"]);
        if (one.json.contains("requestBody")) {
            page_ += "<details><summary>Body of the request</summary>";
            add_content(resolved(document_, one.json["requestBody"]));
            page_ += "</details>";
        }
        for (const auto& [status, response] : one.json["responses"].items()) {
            const auto& real = resolved(document_, response);
            const std::string means = words(real, "description");
            page_ += "<details><summary><strong>" + escape_html(status) + "</strong> "
                     + inline_html(means.substr(0, means.find('\n'))) + "</summary>";
            if (means.find('\n') != std::string::npos) page_ += html_of(means);
            add_content(real);
            page_ += "</details>";
        }
        page_ += "</section>\n";
    }

    void add_content(const ordered_json& holder) {
        const auto content = holder.find("content");
        if (content == holder.end()) return;
        for (const auto& [type, media] : content->items()) {
            page_ += "<p>As <code>" + escape_html(type) + "</code></p>";
            // Every problem has the same fields; the words on all of them say which.
            const bool problem = type == "application/problem+json";
            if (media.contains("schema") && !problem)
                page_ += table_of_fields(document_, media["schema"]);
            if (media.contains("example")) add_example(media["example"]);
            if (!media.contains("examples")) continue;
            for (const auto& [name, example] : media["examples"].items()) {
                const auto& real = resolved(document_, example);
                if (real.contains("value")) add_example(real["value"]);
            }
        }
    }

    void add_example(const ordered_json& example) {
        constexpr std::size_t most = 4000; // bytes of an example that are shown
        const std::string text = example.is_string() ? example.get<std::string>() : example.dump(2);
        page_ += "<pre tabindex=\"0\">" + escape_html(text.substr(0, most))
                 + (text.size() > most ? "\n..." : "") + "</pre>";
    }

    const ordered_json& document_;
    std::vector<Operation> operations_;
    std::string page_;
};

} // namespace

std::string_view docs_style() {
    return R"(:root { color-scheme: light dark; }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { line-height: 1.2; }
h2 { margin: 3rem 0 0.5rem; line-height: 1.25; }
h3 { margin: 2rem 0 0.25rem; font-size: 1rem; }
nav { columns: 22rem; column-gap: 2rem; font-size: 0.9375rem; }
nav ul { margin: 0; padding-left: 1.1rem; }
nav > ul { padding-left: 0; list-style: none; }
nav > ul > li { margin-bottom: 0.75rem; font-weight: 600; }
nav li li { padding: 0.2rem 0; font-weight: 400; }
section { border-top: 1px solid rgb(127 127 127 / 40%); }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
code { padding: 0.1em 0.3em; border-radius: 0.25rem; background: rgb(127 127 127 / 16%); }
pre { padding: 0.75rem; overflow: auto; border-radius: 0.5rem; background: rgb(127 127 127 / 12%); }
.table { overflow-x: auto; }
table { border-collapse: collapse; overflow-wrap: normal; }
th, td { padding: 0.3rem 0.6rem; border: 1px solid rgb(127 127 127 / 40%); text-align: left; vertical-align: top; }
summary { padding: 0.4rem 0; cursor: pointer; }
)";
}

Result<std::string> docs_page(std::string_view openapi) {
    const auto document = ordered_json::parse(openapi, nullptr, false);
    if (!document.is_object() || !document.contains("paths") || !document.contains("info")) {
        return fail("not an OpenAPI document");
    }
    return DocsPage(document).made();
}

} // namespace handprint::api
