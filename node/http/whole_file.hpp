#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace handprint::http {

/// The content of a regular file (not of a symbolic link); nothing if there is none, it cannot be
/// read, or it has more than `most` bytes.
[[nodiscard]] std::optional<std::string> read_whole(const std::string& path, std::size_t most);

} // namespace handprint::http
