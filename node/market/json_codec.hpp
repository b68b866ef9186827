#pragma once

// Commands and events to and from canonical JSON, driven by their `fields`. Types and their JSON:
// Int a number; text a string; Hash padded base64; Amount and Points decimal strings; vectors
// arrays; an absent optional is left out; structs with `as_list` arrays, others objects.

#include "ledger/base/result.hpp"
#include "ledger/record/json.hpp"
#include "node/market/command.hpp"
#include "node/market/event.hpp"

#include <optional>
#include <string>
#include <vector>

namespace handprint::market {

/// An object with `type` and the event's fields.
[[nodiscard]] record::Json to_json(const Event& event);
/// Failure names the key and what was expected. Unknown types and keys are refused.
[[nodiscard]] Result<Event> event_from_json(const record::Json& json);

[[nodiscard]] record::Json args_to_json(const Command& command);

/// What is wrong with the arguments of a command.
struct ArgsError {
    std::string field; // "answers[3].hash"
    std::string what;
    bool unknown_kind = false;
};

[[nodiscard]] Result<Command, ArgsError>
command_from_json(const std::string& kind, const record::Json& args);

/// What a field of a command is, for who writes one by hand.
enum class FieldType { number, text, hash, amount, numbers, texts, json };

struct FieldShape {
    std::string name;
    FieldType type = FieldType::json;
    bool optional = false;
};

/// The fields of a kind in order; nothing if there is no such kind.
[[nodiscard]] std::optional<std::vector<FieldShape>> fields_of(const std::string& kind);

} // namespace handprint::market
