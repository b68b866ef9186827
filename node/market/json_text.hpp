#pragma once

// Commands and events to and from the text of canonical JSON, without a Json in between: an audit
// does this for every entry. The same shapes as in json_codec.hpp.

#include "node/market/command.hpp"
#include "node/market/event.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::market {

void append_json(std::string& out, const Event& event);
void append_json(std::string& out, const std::vector<AnswerRef>& answers);
/// The args of a command that is signed.
void append_args(std::string& out, const Command& command);

/// For texts of plain shape (record::JsonScan); else event_from_json() knows what is wrong, if
/// anything is.
[[nodiscard]] std::optional<Event> scan_event(std::string_view text);
/// The same beside command_from_json().
[[nodiscard]] std::optional<Command> scan_command(std::string_view kind, std::string_view args);

} // namespace handprint::market
