#include "api/task_chunk.hpp"

#include "ledger/base/base64.hpp"

namespace handprint::api {

std::string write_chunk(std::span<const ImportedTask> tasks) {
    std::string text;
    for (const auto& task : tasks) {
        text += base64_encode(as_bytes(task.external));
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
        const auto external = base64_decode(line.substr(0, space));
        if (!external) return std::nullopt;
        tasks.push_back({std::string(as_text(*external)), std::string(line.substr(space + 1))});
    }
    return tasks;
}

} // namespace handprint::api
