#include "node/tools/crowd_files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace handprint::tools {

namespace {

/// Lines of a CSV without quotes, after its head; `take` gives what is wrong with a line, or
/// nothing.
template <class F>
Result<void> each_row(
    std::istream& file,
    const std::string& path,
    const std::string& head,
    std::size_t columns,
    F take
) {
    std::string line;
    if (!std::getline(file, line)) return fail("cannot read " + path);
    if (line.ends_with('\r')) line.pop_back();
    if (!line.starts_with(head)) return fail(path + ": the first line is not " + head);
    for (std::size_t number = 2; std::getline(file, line); ++number) {
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty()) continue;
        std::vector<std::string> cells;
        std::size_t at = 0;
        while (at <= line.size()) {
            const std::size_t end = std::min(line.find(',', at), line.size());
            cells.push_back(line.substr(at, end - at));
            at = end + 1;
        }
        const std::string wrong = cells.size() < columns || line.find('"') != std::string::npos
                                      ? "not " + std::to_string(columns) + " plain cells"
                                      : take(cells);
        if (!wrong.empty()) return fail(path + " line " + std::to_string(number) + ": " + wrong);
    }
    return {};
}

Result<void>
read_items(std::istream& file, const std::string& path, std::size_t limit, Crowd& crowd) {
    if (!file) return fail("cannot read " + path);
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (line.empty()) continue;
        if (limit != 0 && crowd.ids.size() == limit) break;
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object() || !json.contains("id") || !json["id"].is_string()) {
            return fail(path + " line " + std::to_string(number) + ": no object with an id");
        }
        std::vector<std::string> fields;
        for (const auto& [name, value] : json.items()) {
            const bool before =
                crowd.ids.empty()
                || std::find(crowd.fields.begin(), crowd.fields.end(), name) != crowd.fields.end();
            if (before && name != "id" && fields.size() < 20) fields.push_back(name);
        }
        crowd.fields = std::move(fields);
        crowd.ids.push_back(json["id"].get<std::string>());
        crowd.jsonl += line;
        crowd.jsonl += '\n';
    }
    if (crowd.ids.empty()) return fail(path + ": no tasks");
    if (crowd.fields.empty()) return fail(path + ": the tasks have no field in common to be shown");
    return {};
}

} // namespace

Result<Crowd> load_crowd(const CrowdPaths& paths, std::size_t limit) {
    std::ifstream items(paths.items), answers(paths.answers), truth;
    if (!paths.truth.empty()) truth.open(paths.truth);
    return read_crowd({items, answers, truth}, paths, limit);
}

Result<Crowd> read_crowd(CrowdFiles files, const CrowdPaths& paths, std::size_t limit) {
    Crowd crowd;
    if (auto ok = read_items(files.items, paths.items, limit, crowd); !ok)
        return unexpected(ok.error());
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < crowd.ids.size(); ++i)
        places[crowd.ids[i]] = i;
    std::set<std::pair<std::size_t, std::string>> seen;
    std::set<std::string> choices;
    const auto answers =
        each_row(files.answers, paths.answers, "task,worker,answer", 3, [&](const auto& cells) {
            const auto at = places.find(cells[0]);
            if (at == places.end()) return std::string(limit != 0 ? "" : "no such task");
            if (!seen.emplace(at->second, cells[1]).second) return std::string("judged twice");
            choices.insert(cells[2]);
            crowd.workers[cells[1]].push_back(crowd.judgments.size());
            crowd.judgments.push_back({at->second, cells[1], cells[2]});
            return std::string{};
        });
    if (!answers) return unexpected(answers.error());
    if (crowd.judgments.empty()) return fail(paths.answers + ": no judgments of these tasks");
    crowd.choices.assign(choices.begin(), choices.end());
    if (!paths.truth.empty()) {
        const auto truth =
            each_row(files.truth, paths.truth, "task,truth", 2, [&](const auto& cells) {
                if (places.contains(cells[0])) crowd.truth[cells[0]] = cells[1];
                return std::string{};
            });
        if (!truth) return unexpected(truth.error());
    }
    return crowd;
}

Vote majority(const Crowd& crowd, const std::vector<Judgment>& judgments) {
    std::map<std::size_t, std::map<std::string, int>> votes;
    for (const auto& judgment : judgments)
        ++votes[judgment.task][judgment.answer];
    Vote vote;
    for (const auto& [task, counted] : votes) {
        const auto truth = crowd.truth.find(crowd.ids[task]);
        if (truth == crowd.truth.end()) continue;
        const auto winner =
            std::max_element(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
                return a.second < b.second;
            });
        ++vote.judged;
        if (winner->first == truth->second) ++vote.right;
        ++vote.always[truth->second];
    }
    return vote;
}

} // namespace handprint::tools
