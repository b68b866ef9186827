#include "node/witness/logs.hpp"

#include <algorithm>
#include <utility>

namespace handprint::witness {

namespace {

/// Takes the next word off the front of a line.
std::string_view take_word(std::string_view& line) {
    constexpr std::string_view kSpace = " \t\r";
    line.remove_prefix(std::min(line.find_first_not_of(kSpace), line.size()));
    const std::size_t end = std::min(line.find_first_of(kSpace), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end);
    return word;
}

WatchedLog& log_of(std::vector<WatchedLog>& logs, std::string_view origin) {
    const auto found = std::ranges::find(logs, origin, &WatchedLog::origin);
    if (found != logs.end()) return *found;
    logs.push_back({std::string(origin), {}});
    return logs.back();
}

Result<void> parse_line(std::string_view line, std::vector<WatchedLog>& logs) {
    const std::string_view word = take_word(line);
    if (word.empty() || word.starts_with('#')) return {};
    const std::string_view first = take_word(line);
    const std::string_view second = take_word(line);
    if (first.empty() || !take_word(line).empty()) return fail("wrong number of words");
    if (word == "retired" && second.empty()) {
        log_of(logs, first);
        return {};
    }
    if (word != "log") return fail("neither `log` nor `retired`");
    Result<merkle::VerifierKey> key = merkle::VerifierKey::parse(first);
    if (!key) return unexpected(std::move(key).error());
    if (key->type != merkle::kEd25519) return fail("not the key of a log");
    WatchedLog& log = log_of(logs, second.empty() ? key->name : second);
    if (std::ranges::find(log.keys, *key) != log.keys.end()) return fail("the key is there twice");
    log.keys.push_back(std::move(*key));
    return {};
}

} // namespace

Result<std::vector<WatchedLog>> parse_watched_logs(std::string_view text) {
    std::vector<WatchedLog> logs;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const Result<void> parsed = parse_line(text.substr(0, end), logs);
        if (!parsed) return fail("line " + std::to_string(number) + ": " + parsed.error().what);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return logs;
}

} // namespace handprint::witness
