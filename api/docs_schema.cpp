#include "api/docs_schema.hpp"

#include "api/markup.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace handprint::api {

namespace {

using nlohmann::ordered_json;

constexpr int deepest = 4; // objects within objects

std::string joined(const ordered_json& values) {
    std::string out;
    for (const auto& value : values) {
        if (!out.empty()) out += ", ";
        out += value.is_string() ? value.get<std::string>() : value.dump();
    }
    return out;
}

/// "integer, 1 to 1000", "text", "list of integer".
std::string kind_of(const ordered_json& document, const ordered_json& given) {
    const ordered_json& schema = resolved(document, given);
    if (schema.contains("const")) return "always " + schema["const"].dump();
    if (schema.contains("enum")) {
        return schema["enum"].size() > 12 ? "one of " + std::to_string(schema["enum"].size())
                                          : "one of " + joined(schema["enum"]);
    }
    if (schema.contains("oneOf")) return "one of several forms";
    std::string type = schema.contains("type") && schema["type"].is_array() ? joined(schema["type"])
                                                                            : words(schema, "type");
    if (type == "array") {
        return schema.contains("items") ? "list of " + kind_of(document, schema["items"]) : "list";
    }
    if (type.empty()) type = "any value";
    const bool least = schema.contains("minimum");
    const bool most = schema.contains("maximum");
    if (least && most) {
        type += ", " + schema["minimum"].dump() + " to " + schema["maximum"].dump();
    } else if (least) {
        type += ", at least " + schema["minimum"].dump();
    }
    if (schema.contains("maxLength")) type += ", at most " + schema["maxLength"].dump() + " long";
    return type;
}

std::string meaning(const ordered_json& document, const ordered_json& given) {
    const std::string own = words(given, "description");
    return html_of(own.empty() ? words(resolved(document, given), "description") : own);
}

class Fields {
public:
    explicit Fields(const ordered_json& document) : document_(document) {}

    void add(const ordered_json& given, const std::string& prefix, int depth) {
        const ordered_json& schema = resolved(document_, given);
        if (depth > deepest) return;
        for (const char* several : {"oneOf", "allOf", "anyOf"}) {
            if (!schema.contains(several)) continue;
            for (const auto& form : schema[several])
                add(form, prefix, depth + 1);
        }
        if (schema.contains("items")) add(schema["items"], prefix + "[]", depth + 1);
        const auto properties = schema.find("properties");
        if (properties == schema.end()) return;
        const ordered_json required = schema.value("required", ordered_json::array());
        for (const auto& [name, property] : properties->items()) {
            const std::string path = prefix.empty() ? name : prefix + '.' + name;
            const bool needed = std::find(required.begin(), required.end(), name) != required.end();
            row(path, needed, property);
            add(property, path, depth + 1);
        }
    }

    [[nodiscard]] std::string table() && {
        if (rows_.empty()) return {};
        return "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th>field</th><th>what</th>"
               "<th>meaning</th></tr></thead><tbody>"
               + rows_ + "</tbody></table></div>";
    }

private:
    void row(const std::string& path, bool needed, const ordered_json& property) {
        const std::string line = "<tr><td><code>" + escape_html(path) + "</code></td><td>"
                                 + escape_html(kind_of(document_, property))
                                 + (needed ? "" : "; may be left out") + "</td><td>"
                                 + meaning(document_, property) + "</td></tr>";
        // Forms of one thing have fields in common.
        if (rows_.find(line) == std::string::npos) rows_ += line;
    }

    const ordered_json& document_;
    std::string rows_;
};

} // namespace

std::string words(const ordered_json& json, const char* name) {
    const auto at = json.find(name);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string{};
}

const ordered_json& resolved(const ordered_json& document, const ordered_json& json) {
    const std::string ref = json.is_object() ? words(json, "$ref") : std::string{};
    // NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter): part of the document
    if (!ref.starts_with("#/")) return json;
    const ordered_json::json_pointer pointer(ref.substr(1));
    return document.contains(pointer) ? document.at(pointer) : json;
}

std::string table_of_parameters(const ordered_json& document, const ordered_json& parameters) {
    if (parameters.empty()) return {};
    std::string out =
        "<div class=\"table\" tabindex=\"0\"><table><thead><tr><th>parameter</th><th>where</th>"
        "<th>what</th><th>meaning</th></tr></thead><tbody>";
    for (const auto& given : parameters) {
        const ordered_json& one = resolved(document, given);
        const bool needed = one.value("required", false);
        out += "<tr><td><code>" + escape_html(words(one, "name")) + "</code></td><td>"
               + escape_html(words(one, "in")) + "</td><td>"
               + escape_html(kind_of(document, one.value("schema", ordered_json::object())))
               + (needed ? "" : "; may be left out") + "</td><td>" + meaning(document, one)
               + "</td></tr>";
    }
    return out + "</tbody></table></div>";
}

std::string table_of_fields(const ordered_json& document, const ordered_json& schema) {
    Fields fields(document);
    fields.add(schema, "", 0);
    return std::move(fields).table();
}

} // namespace handprint::api
