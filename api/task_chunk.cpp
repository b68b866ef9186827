#include "api/task_chunk.hpp"

#include "ledger/base/base64.hpp"
#include "ledger/base/decimal.hpp"

namespace handprint::api {

namespace {

/// What stands behind the name, from the back; `head` is the name then.
std::optional<market::OwnTerms> take_terms(std::string_view& head) {
    market::OwnTerms own;
    if (head.find(':') == std::string_view::npos) return own;
    for (market::Int* term : {&own.expires, &own.overlap, &own.price_micros}) {
        const std::size_t colon = head.rfind(':');
        if (colon == std::string_view::npos) return std::nullopt;
        const auto number = parse_i64(head.substr(colon + 1));
        if (!number) return std::nullopt;
        *term = *number;
        head = head.substr(0, colon);
    }
    if (!own.any()) return std::nullopt;
    return own;
}

} // namespace

std::string write_chunk(std::span<const ImportedTask> tasks) {
    std::string text;
    for (const auto& task : tasks) {
        text += base64_encode(as_bytes(task.external));
        if (task.own.any()) {
            for (const market::Int term :
                 {task.own.price_micros, task.own.overlap, task.own.expires}) {
                (text += ':') += std::to_string(term);
            }
        }
        text += ' ';
        text += task.content;
        text += '\n';
    }
    return text;
}

std::optional<std::vector<TaskContent>> read_chunk(std::string_view text) {
    std::vector<TaskContent> tasks;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        std::string_view head = line.substr(0, space);
        const auto own = take_terms(head);
        const auto external = base64_decode(head);
        if (!external || !own) return std::nullopt;
        tasks.push_back({std::string(as_text(*external)), std::string(line.substr(space + 1)), *own}
        );
    }
    return tasks;
}

} // namespace handprint::api
