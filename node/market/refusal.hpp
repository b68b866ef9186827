#pragma once

// A business answer of "no". The family tells the caller what to do; codes are stable words of the
// interface (ProblemCode in api/openapi.yaml lists them) and are never reused for another meaning.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace handprint::market {

enum class Family {
    invalid,  // this command can never be right: do not send it again
    later,    // not now: the same command may succeed after something has changed
    done,     // it has been done before
    denied,   // this party may not
    conflict, // contradicts what is there: read again, then decide
};

struct Refusal {
    Family family = Family::invalid;
    std::string code;   // snake_case
    std::string detail; // one sentence
    std::string field;  // argument that is at fault, or empty
    // What is in the way, by kind: {{"batch", 7}, {"task", 3}}.
    std::vector<std::pair<std::string, std::int64_t>> existing{};

    bool operator==(const Refusal&) const = default;
};

} // namespace handprint::market
