#pragma once

#include "api/import.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace handprint::api {

using Tasks = Result<std::vector<ImportedTask>, ApiProblem>;

/// All rows of a body, or the first error.
inline Tasks read_all(TaskFormat format, std::string_view body, RowRules rules) {
    TaskReader reader(format, body, rules);
    std::vector<ImportedTask> tasks;
    while (true) {
        auto task = reader.next();
        if (!task) return unexpected(task.error());
        if (!*task) return tasks;
        tasks.push_back(std::move(**task));
    }
}

} // namespace handprint::api
