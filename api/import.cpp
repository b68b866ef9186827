#include "api/import.hpp"

#include "api/json_shape.hpp"
#include "ledger/base/decimal.hpp"
#include "ledger/base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace handprint::api {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_rows = 1'000'000;
constexpr std::size_t most_row_bytes = 64 * 1024;
// An object is searched key by key as it is filled, so its cost is the square of its keys.
constexpr std::size_t most_keys = 1'000;

Unexpected<ApiProblem> bad_line(std::size_t line, std::string rule, std::string detail) {
    return unexpected(bad_request(std::move(rule), row_field(line), std::move(detail)));
}

/// In a sheet a number is text.
std::optional<std::int64_t> positive(const ordered_json& value) {
    std::optional<std::int64_t> number;
    if (value.is_number_integer()) {
        const bool fits = !value.is_number_unsigned()
                          || value.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
        if (fits) number = value.get<std::int64_t>();
    } else if (value.is_string()) {
        const auto read = parse_i64(value.get_ref<const std::string&>());
        if (read) number = *read;
    }
    return number.value_or(0) > 0 ? number : std::nullopt;
}

/// Of all objects, so that it differs from the keys in the text when one stands twice.
std::size_t keys_in(const ordered_json& json) {
    std::size_t keys = json.is_object() ? json.size() : 0;
    if (json.is_structured()) {
        for (const auto& one : json)
            keys += keys_in(one);
    }
    return keys;
}

Result<void, ApiProblem> take_own(ordered_json& row, std::size_t line, market::OwnTerms& own) {
    const std::pair<const char*, market::Int*> terms[] = {
        {"price_micros", &own.price_micros},
        {"overlap", &own.overlap},
        {"expires_at", &own.expires},
    };
    for (const auto& [name, term] : terms) {
        const auto given = row.find(name);
        if (given == row.end()) continue;
        const bool left_out =
            given->is_null()
            || (given->is_string() && given->get_ref<const std::string&>().empty());
        const auto number = positive(*given);
        if (!left_out && !number) {
            return unexpected(bad_request(
                "bad_override", row_field(line, name), "A positive whole number, or nothing."
            ));
        }
        *term = number.value_or(0);
        row.erase(given);
    }
    return {};
}

using Next = Result<std::optional<ImportedTask>, ApiProblem>;

Next task_of(ordered_json row, std::size_t line, const RowRules& rules) {
    const auto id = row.find("id");
    if (id == row.end() || !(id->is_string() || id->is_number_integer())) {
        return bad_line(line, "id_missing", "Each row needs an id, a string or an integer.");
    }
    ImportedTask task;
    task.external = id->is_string() ? id->get<std::string>() : id->dump();
    task.line = line;
    if (!is_external(task.external)) {
        return bad_line(line, "bad_id", "An id has 1 to 128 printable bytes of UTF-8.");
    }
    row.erase("id");
    if (rules.truth) {
        const auto truth = row.find("truth");
        if (truth == row.end() || !truth->is_string()) {
            return bad_line(line, "truth_missing", "A test needs the right answer in truth.");
        }
        task.truth = truth->get<std::string>();
        if (rules.choices != nullptr && !rules.choices->contains(*task.truth)) {
            return unexpected(bad_request(
                "not_a_choice",
                row_field(line, "truth"),
                "The right answer is none of the choices of this batch."
            ));
        }
        row.erase("truth");
    }
    if (auto ok = take_own(row, line, task.own); !ok) return unexpected(ok.error());
    if (row.empty()) return bad_line(line, "empty_row", "A row has something to look at.");
    for (const std::string& field : rules.fields) {
        if (row.contains(field)) continue;
        return bad_line(
            line,
            "field_missing",
            "The row has no \"" + field + "\", which the terms say that members are shown."
        );
    }
    task.content = row.dump(-1, ' ', false, ordered_json::error_handler_t::strict);
    return std::optional(std::move(task));
}

std::string_view without_bom(std::string_view body) {
    return body.starts_with("\xEF\xBB\xBF") ? body.substr(3) : body;
}

} // namespace

std::string row_field(std::size_t line, std::string_view field) {
    std::string name = "line " + std::to_string(line);
    if (!field.empty()) (name += ' ') += field;
    return name;
}

bool is_external(std::string_view text) {
    constexpr std::size_t most_bytes = 128;
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !text.empty() && text.size() <= most_bytes && is_utf8(text)
           && std::none_of(text.begin(), text.end(), control);
}

bool is_taken_out(std::string_view column, bool test) {
    return column == "id" || column == "price_micros" || column == "overlap"
           || column == "expires_at" || (test && column == "truth");
}

TaskReader::TaskReader(TaskFormat format, std::string_view body, RowRules rules)
    : format_(format), body_(without_bom(body)), rules_(rules) {}

Next TaskReader::next() {
    auto task = format_ == TaskFormat::csv ? next_record() : next_line();
    if (!task) return task;
    if (!*task && rows_ == 0) {
        return unexpected(bad_request("no_rows", "body", "There are no rows."));
    }
    if (*task && rows_++ == most_rows) {
        return bad_line(line_, "too_many_rows", "At most 1,000,000 rows.");
    }
    return task;
}

Next TaskReader::next_line() {
    while (at_ < body_.size()) {
        ++line_;
        std::string_view text = body_.substr(at_, body_.find('\n', at_) - at_);
        at_ += text.size() + 1;
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (text.empty()) continue;
        if (text.size() > most_row_bytes)
            return bad_line(line_, "row_too_large", "At most 64 KiB.");
        const JsonShape shape = shape_of(text);
        if (shape.depth > kMostJsonDepth) {
            return bad_line(line_, "too_deep", "JSON at most 16 levels deep.");
        }
        if (shape.keys > most_keys) return bad_line(line_, "row_too_large", "At most 1,000 keys.");
        auto json = ordered_json::parse(text, nullptr, false);
        if (json.is_discarded() || !json.is_object()) {
            return bad_line(line_, "not_json", "Each line is a JSON object.");
        }
        if (keys_in(json) != shape.keys) {
            return bad_line(line_, "not_json", "A key stands once in its object.");
        }
        return task_of(std::move(json), line_, rules_);
    }
    return std::optional<ImportedTask>();
}

std::optional<std::vector<std::string>> csv_record(std::string_view body, std::size_t& at) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    while (at < body.size()) {
        const char c = body[at++];
        if (quoted) {
            if (c != '"') {
                cells.back() += c;
            } else if (at < body.size() && body[at] == '"') {
                cells.back() += '"';
                ++at;
            } else {
                quoted = false;
            }
        } else if (c == '"' && cells.back().empty()) {
            quoted = true;
        } else if (c == ',') {
            cells.emplace_back();
        } else if (c == '\n') {
            break;
        } else if (c != '\r') {
            cells.back() += c;
        }
    }
    if (quoted) return std::nullopt;
    return cells;
}

namespace {

/// The next record, never reading further than a row may be long.
Result<std::vector<std::string>, ApiProblem>
csv_row(std::string_view body, std::size_t& at, std::size_t line) {
    const std::size_t start = at;
    auto cells = csv_record(body.substr(0, start + most_row_bytes + 1), at);
    if (at - start > most_row_bytes) return bad_line(line, "row_too_large", "At most 64 KiB.");
    if (!cells) return bad_line(line, "open_quote", "A quote is not closed.");
    return std::move(*cells);
}

Result<std::vector<std::string>, ApiProblem>
csv_columns(std::string_view body, std::size_t& at, const RowRules& rules) {
    auto columns = csv_row(body, at, 1);
    if (!columns) return columns;
    if (!std::all_of(columns->begin(), columns->end(), is_utf8))
        return bad_line(1, "not_utf8", "Text is UTF-8.");
    if (columns->size() > most_keys) return bad_line(1, "bad_header", "At most 1,000 columns.");
    if (columns->size() < 2) {
        return bad_line(
            1, "bad_header", "The first line names two columns or more, with commas between them."
        );
    }
    const std::set<std::string> names(columns->begin(), columns->end());
    if (names.size() != columns->size() || names.contains("")) {
        return bad_line(1, "bad_header", "Columns have different names.");
    }
    if (!names.contains("id")) return bad_line(1, "bad_header", "No column is named id.");
    for (const std::string& field : rules.fields) {
        if (!names.contains(field)) {
            return bad_line(
                1,
                "field_missing",
                "No column is named \"" + field + "\", which the terms say that members are shown."
            );
        }
    }
    return columns;
}

} // namespace

Next TaskReader::next_record() {
    if (line_ == 0) {
        auto columns = csv_columns(body_, at_, rules_);
        if (!columns) return unexpected(columns.error());
        columns_ = std::move(*columns);
        line_ = 1;
    }
    while (at_ < body_.size()) {
        // A quoted cell may be of several lines.
        const auto passed = body_.substr(counted_, at_ - counted_);
        line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
        counted_ = at_;
        const auto cells = csv_row(body_, at_, line_);
        if (!cells) return unexpected(cells.error());
        if (cells->size() == 1 && cells->front().empty()) continue;
        if (cells->size() != columns_.size()) {
            return bad_line(
                line_,
                "cell_count",
                "The header has " + std::to_string(columns_.size()) + " columns, this line "
                    + std::to_string(cells->size()) + "."
            );
        }
        ordered_json row = ordered_json::object();
        for (std::size_t i = 0; i < cells->size(); ++i)
            row[columns_[i]] = (*cells)[i];
        try {
            return task_of(std::move(row), line_, rules_);
        } catch (const ordered_json::exception&) {
            return bad_line(line_, "not_utf8", "Text is UTF-8.");
        }
    }
    return std::optional<ImportedTask>();
}

std::string csv_cell(std::string_view text) {
    std::string cell;
    if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
        cell = '\'';
    }
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
    std::string quoted = "\"";
    for (const char c : cell) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

} // namespace handprint::api
