#pragma once

// A command out of words of a command line, `name=value`, by the fields that its kind has.

#include "node/client/signer.hpp"
#include "node/market/json_codec.hpp"

#include <functional>
#include <string>
#include <vector>

namespace handprint::client {

struct FilledIn {
    market::Command command;
    /// Of a command about a transfer at the bank, by market::plain_reference(): it stays with who
    /// signs, and its hash is still to be set into the command.
    std::string reference;
};

using Given = std::vector<std::pair<std::string, std::string>>; // name, value

/// Splits each word at its first `=`. Failure names one that has none, and a name given twice.
[[nodiscard]] Result<Given> read_words(const std::vector<std::string>& words);

/// Failure names the field and what it must be. `now` is for times given as "now".
[[nodiscard]] Result<FilledIn>
fill_in(const std::string& kind, const Given& given, market::Int now);

/// How the fields of a kind are written: "amount=MINOR_UNITS reference=TEXT [refund=NUMBER]".
/// `filled` are those that need not be given.
[[nodiscard]] std::string usage_of(const std::string& kind, const std::vector<std::string>& filled);

} // namespace handprint::client
