#pragma once

#include <optional>
#include <string_view>

namespace handprint::audit {

/// Whether the answers of a submission as they are kept (JSON, a list of salts and contents) open
/// the commitments, and have the lengths, of the answers in a member's part; nothing if the part
/// has no answers.
[[nodiscard]] std::optional<bool> answers_are_of(std::string_view given, std::string_view part);

} // namespace handprint::audit
