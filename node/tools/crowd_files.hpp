#pragma once

// The recording of a crowd job: tasks (JSON Lines with `id`), judgments (CSV task,worker,answer)
// and, if there is one, the truth (CSV task,truth).

#include "ledger/base/result.hpp"

#include <cstddef>
#include <istream>
#include <map>
#include <string>
#include <vector>

namespace handprint::tools {

struct Judgment {
    std::size_t task = 0; // place in `items`
    std::string worker, answer;
};

struct Crowd {
    std::vector<std::string> ids;
    std::string jsonl; // the tasks that are played
    std::vector<Judgment> judgments;
    std::map<std::string, std::vector<std::size_t>> workers; // name to places in `judgments`
    std::map<std::string, std::string> truth;                // by id; may be empty
    std::vector<std::string> choices;                        // answers that occur
    std::vector<std::string> fields;                         // of every task, but for its id
};

struct CrowdPaths {
    std::string items, answers, truth; // `truth` may be empty
};

/// At most `limit` tasks, the first ones, and the judgments of those; 0: all. Failure names the
/// file and the line, also when a worker judged a task twice.
[[nodiscard]] Result<Crowd> load_crowd(const CrowdPaths& paths, std::size_t limit);

struct CrowdFiles {
    std::istream &items, &answers, &truth;
};

/// The same of streams; `paths` are their names.
[[nodiscard]] Result<Crowd>
read_crowd(CrowdFiles files, const CrowdPaths& paths, std::size_t limit);

struct Vote {
    std::size_t right = 0, judged = 0;
    std::map<std::string, std::size_t>
        always; // how often each answer, always given, would be right
};

/// Most votes win; of equal votes the first in text order.
[[nodiscard]] Vote majority(const Crowd& crowd, const std::vector<Judgment>& judgments);

} // namespace handprint::tools
