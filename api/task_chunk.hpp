#pragma once

// A chunk of an import as it is sealed: one line for each task, "<external id, base64> <content>";
// of a task with terms of its own "<external id, base64>:<price>:<overlap>:<expiry> <content>". The
// bytes of the lines are what the entry of the chunk commits to.

#include "api/import.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::api {

struct TaskContent {
    std::string external;
    std::string content;    // JSON text, opaque
    market::OwnTerms own{}; // but for the number of the task

    bool operator==(const TaskContent&) const = default;
};

/// `content` has no line feed, as TaskReader makes it. `truth` is left out.
[[nodiscard]] std::string write_chunk(std::span<const ImportedTask> tasks);

/// The inverse: nothing unless these are whole lines of that form.
[[nodiscard]] std::optional<std::vector<TaskContent>> read_chunk(std::string_view text);

} // namespace handprint::api
