#pragma once

#include "ledger/record/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace handprint::vectors {

/// Names and contents of all files that make_vectors writes. The same at every run.
[[nodiscard]] std::map<std::string, std::string> vector_files();

// The files one by one; tests/vectors/README.md has their shapes.
[[nodiscard]] record::Json canonical_json_vectors();
[[nodiscard]] record::Json commit_vectors();
[[nodiscard]] record::Json chain_vectors();
[[nodiscard]] record::Json dsse_vectors();
[[nodiscard]] record::Json split_vectors();
[[nodiscard]] record::Json name_vectors();
[[nodiscard]] record::Json pedersen_vectors();
[[nodiscard]] record::Json payslip_mutations();

/// One operation of RFC 6902: add, remove or replace. Aborts if the path leads nowhere.
[[nodiscard]] record::Json patched(const record::Json& document, const record::Json& operation);

/// JSON with line breaks where a person wants them.
[[nodiscard]] std::string pretty(const record::Json& json);

} // namespace handprint::vectors
