#pragma once

// RFC 9457 problems of the interface: from a refusal of the rules, or made where a request is read.

#include "ledger/record/json.hpp"
#include "node/market/refusal.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace handprint::api {

struct ApiProblem {
    int status = 422;
    std::string code;                                             // stable, snake_case
    std::string detail;                                           // one sentence for a person
    std::string field;                                            // what is at fault, or empty
    std::string retry;                                            // never, later, same_id, fresh
    std::vector<std::pair<std::string, std::int64_t>> existing{}; // as in market::Refusal
};

/// invalid 422, later 409, done 409, denied 403, conflict 409.
[[nodiscard]] ApiProblem from_refusal(const market::Refusal& refusal);
[[nodiscard]] ApiProblem bad_request(std::string code, std::string field, std::string detail);
/// For a body, or what it names, that is not JSON as we take it: the rule and the place.
[[nodiscard]] ApiProblem not_json(const record::JsonError& error);
[[nodiscard]] ApiProblem not_found(std::string code, std::string detail);

/// application/problem+json
[[nodiscard]] std::string to_json(const ApiProblem& problem);

} // namespace handprint::api
