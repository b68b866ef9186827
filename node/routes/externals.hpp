#pragma once

// Requesters' own names of projects, batches and tasks: what may be one, what it names.

#include "api/import.hpp"
#include "node/routes/answers.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace handprint::routes {

/// The hash by which the ledger knows the name, or the refusal of what is no name.
[[nodiscard]] Result<Hash, http::Response> external_hash(
    const Node& node, std::string_view requester, std::string_view kind, std::string_view text
);

/// What the name stands for.
[[nodiscard]] std::optional<market::ExternalRow>
named_by(Node& node, std::string_view requester, std::string_view kind, const Hash& hash);

/// The hash of a task's name, and the line on which the task came.
struct RowName {
    Hash hash{};
    std::uint32_t line = 0;
};

/// The first of the tasks whose name the requester has used before.
[[nodiscard]] std::optional<api::ApiProblem>
name_taken(Node& node, std::string_view requester, std::span<const RowName> names);

} // namespace handprint::routes
