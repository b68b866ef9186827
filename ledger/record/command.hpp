#pragma once

#include "ledger/base/bytes.hpp"
#include "ledger/base/id.hpp"
#include "ledger/record/json.hpp"
#include "ledger/record/party.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace handprint::record {

/// A checkpoint that the signer had verified: the entry's index is then at least `size`, and the
/// tree of that size has that root. It makes a fork shown to this signer provable.
struct Seen {
    Hash root{};
    std::uint64_t size = 0;

    bool operator==(const Seen&) const = default;
};

/// What an actor, an agent or the clock signs (section 7). `args` is an object whose keys depend on
/// the kind; whoever decides the command reads them.
struct CommandBody {
    Party actor;
    Json args;
    CommandId command;
    std::string kind;
    std::string log; // origin of the log, so that the command is worth nothing elsewhere
    std::optional<Seen> seen;

    bool operator==(const CommandBody&) const = default;
};

/// The canonical bytes, which are the payload of an envelope of kCommandType.
[[nodiscard]] std::string encode(const CommandBody& command);

struct CommandError {
    /// not_canonical: not JSON at all, or not in the one form that signed bytes may have.
    /// malformed: canonical, but not a command.
    enum class Code : std::uint8_t { not_canonical, malformed };
    Code code;
    std::string what;
};

[[nodiscard]] Result<CommandBody, CommandError> parse_command(std::string_view payload);

/// The same with its args as text, which borrows the payload.
struct CommandText {
    Party actor;
    std::string_view args;
    CommandId command;
    std::string_view kind;
    std::string_view log;
    std::optional<Seen> seen;
};

/// A payload of plain shape (JsonScan); else ask parse_command().
[[nodiscard]] std::optional<CommandText> scan_command(std::string_view payload);

} // namespace handprint::record
