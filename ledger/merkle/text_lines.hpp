#pragma once

#include "ledger/base/bytes.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the line-based formats of this folder share.

namespace handprint::merkle {

/// Takes the first line off `in`, without its LF. Nothing, and `in` unchanged, if there is no LF:
/// all our formats end every line.
[[nodiscard]] std::optional<std::string_view> take_line(std::string_view& in) noexcept;

/// One hash a line, up to and including the empty line that ends the list. Failure if there are
/// more than `limit`, a line is not a hash, or the empty line is missing.
[[nodiscard]] Result<std::vector<Hash>> take_hash_lines(std::string_view& in, std::size_t limit);

/// The inverse of take_hash_lines.
void append_hash_lines(std::string& out, const std::vector<Hash>& hashes);

} // namespace handprint::merkle
