#include "api/task_form.hpp"

#include "api/import.hpp"
#include "ledger/base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace handprint::api {

namespace {

using record::Json;

constexpr std::size_t most_title = 200, most_words = 16 * 1024, most_label = 200, most_name = 200;
constexpr std::size_t least_choices = 2, most_choices = 9; // a key of the keyboard for each
constexpr std::size_t most_fields = 20;
constexpr std::size_t most_answer = 16 * 1024, most_note = 4'000;

/// UTF-8 of marks that reorder the text after them: U+202A to U+202E, U+2066 to U+2069.
bool turns_direction(std::string_view text) {
    for (std::size_t i = 0; i + 2 < text.size(); ++i) {
        const auto mark = text.substr(i, 3);
        if ((mark >= "\xE2\x80\xAA" && mark <= "\xE2\x80\xAE")
            || (mark >= "\xE2\x81\xA6" && mark <= "\xE2\x81\xA9")) {
            return true;
        }
    }
    return false;
}

/// Reads the terms and keeps the first fault.
class Reader {
public:
    explicit Reader(std::string_view where) : where_(where) {}

    std::optional<FormFault> fault;

    void stop(std::string code, const std::string& field, std::string detail) {
        if (!fault) fault = FormFault{std::move(code), where_ + field, std::move(detail)};
    }

    void text(const Json* json, const std::string& field, std::size_t most, bool lines = false) {
        const auto* value = json == nullptr ? nullptr : json->as_string();
        if (value != nullptr && is_plain_text(*value, most, lines)) return;
        stop("bad_text", field, "Text of 1 to " + std::to_string(most) + " printable bytes.");
    }

    /// Objects with the texts that are asked for, the first of which is different in each.
    struct Item {
        const char* name;
        std::size_t most;
        bool needed;
    };

    template <std::size_t N>
    std::vector<std::string> list(
        const char* code,
        const Json* json,
        const char* field,
        std::size_t least,
        std::size_t most,
        const std::array<Item, N>& items
    ) {
        const auto* given = json == nullptr ? nullptr : json->as_array();
        if (given == nullptr || given->size() < least || given->size() > most) {
            stop(code, field, std::to_string(least) + " to " + std::to_string(most) + " of them.");
            return {};
        }
        std::vector<std::string> firsts;
        for (std::size_t i = 0; i < given->size(); ++i) {
            const std::string at = std::string(field) + '[' + std::to_string(i) + ']';
            const Json& entry = (*given)[i];
            if (entry.as_object() == nullptr) stop(code, at, "An object.");
            std::size_t known = 0;
            for (const Item& item : items) {
                const Json* value = entry.find(item.name);
                if (value == nullptr && !item.needed) continue;
                ++known;
                text(value, at + '.' + item.name, item.most);
            }
            if (fault) return {};
            if (entry.members().size() != known) stop(code, at, "It has a key that is not known.");
            firsts.push_back(entry.text_of(items.front().name));
            if (std::count(firsts.begin(), firsts.end(), firsts.back()) > 1) {
                stop(code, at + '.' + items.front().name, "This one was given before.");
            }
        }
        return firsts;
    }

private:
    std::string where_;
};

} // namespace

bool is_plain_text(std::string_view text, std::size_t most, bool lines) {
    const auto refused = [lines](char c) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        return control && !(lines && (c == '\n' || c == '\t'));
    };
    return !text.empty() && text.size() <= most && text.front() != ' ' && text.back() != ' '
           && is_utf8(text) && std::none_of(text.begin(), text.end(), refused)
           && !turns_direction(text);
}

Domains domains_of(std::string_view taxonomy) {
    Domains out;
    const auto json = Json::parse(taxonomy, record::JsonMode::lenient);
    const Json* top = json ? json->find("domains") : nullptr;
    std::vector<const Json*> lists{top};
    while (!lists.empty()) {
        const Json* list = lists.back();
        lists.pop_back();
        if (list == nullptr || list->as_array() == nullptr) continue;
        for (const Json& domain : list->items()) {
            out.insert(domain.text_of("id"));
            lists.push_back(domain.find("children"));
        }
    }
    return out;
}

Result<TaskForm, FormFault>
TaskForm::read(const Json& terms, std::string_view where, const Domains& domains) {
    Reader reader(where);
    if (!domains.empty() && !domains.contains(terms.text_of("domain"))) {
        reader.stop("unknown_domain", "domain", "None of the taxonomy at /v1/taxonomy.");
    }
    reader.text(terms.find("title"), "title", most_title);
    const Json* instructions = terms.find("instructions"); // a question may say it all
    if (instructions == nullptr || *instructions != Json(std::string_view()))
        reader.text(instructions, "instructions", most_words, true);
    reader.text(terms.find("question"), "question", most_words, true);
    TaskForm form;
    const auto values = reader.list(
        "bad_choices",
        terms.find("choices"),
        "choices",
        least_choices,
        most_choices,
        std::array<Reader::Item, 3>{
            {{"value", most_name, true}, {"label", most_label, true}, {"hint", most_words, false}}
        }
    );
    form.choices_.insert(values.begin(), values.end());
    form.fields_ = reader.list(
        "bad_fields",
        terms.find("fields"),
        "fields",
        1,
        most_fields,
        std::array<Reader::Item, 2>{{{"name", most_name, true}, {"label", most_label, true}}}
    );
    const bool test = terms.find("qualifies") != nullptr;
    for (std::size_t i = 0; i < form.fields_.size(); ++i) {
        if (!is_taken_out(form.fields_[i], test)) continue;
        const auto at = "fields[" + std::to_string(i) + "].name";
        reader.stop("bad_fields", at, "A column of this name is not shown to members.");
    }
    if (reader.fault) return unexpected(std::move(*reader.fault));
    return form;
}

std::string TaskForm::shown(std::string_view content) const {
    using nlohmann::ordered_json;
    auto row = ordered_json::parse(content, nullptr, false);
    ordered_json seen = ordered_json::object();
    if (row.is_object()) {
        for (const std::string& field : fields_) {
            const auto found = row.find(field);
            if (found != row.end()) seen[field] = std::move(*found);
        }
    }
    return seen.dump();
}

std::optional<FormFault>
TaskForm::answer_fault(std::string_view type, std::string_view bytes) const {
    if (type != "application/json") {
        return FormFault{"bad_answer", {}, "The type of an answer is application/json."};
    }
    const auto json = Json::parse(bytes, record::JsonMode::lenient, most_answer);
    const auto* members = json ? json->as_object() : nullptr;
    const Json* value = json ? json->find("value") : nullptr;
    if (members == nullptr || value == nullptr || value->as_string() == nullptr) {
        return FormFault{
            "bad_answer",
            {},
            R"(An answer is JSON of at most 16 KiB: {"value": "...", "note": "..."}.)"
        };
    }
    if (!choices_.contains(value->text())) {
        return FormFault{"not_a_choice", {}, "The value is none of the choices of this batch."};
    }
    const Json* note = json->find("note");
    if (note != nullptr && (note->as_string() == nullptr || note->text().size() > most_note)) {
        return FormFault{"bad_answer", {}, "A note is text of at most 4,000 bytes."};
    }
    if (members->size() != (note == nullptr ? 1U : 2U)) {
        return FormFault{"bad_answer", {}, "An answer has a value and a note, nothing else."};
    }
    return std::nullopt;
}

} // namespace handprint::api
