#pragma once

#include "ledger/merkle/note.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace handprint::witness {

/// A log that we watch. Without keys it is watched no more, but never forgotten: an origin that
/// came back with an empty past could have a second history.
struct WatchedLog {
    std::string origin;
    std::vector<merkle::VerifierKey> keys; // type kEd25519

    bool operator==(const WatchedLog&) const = default;
};

/// One line each, '#' begins a comment:
///
///     log <vkey> [origin]     a key of the log; the origin is the key's name unless it is given
///     retired <origin>        a log without keys
///
/// Lines with the same origin add up. A Failure begins with "line N: ".
[[nodiscard]] Result<std::vector<WatchedLog>> parse_watched_logs(std::string_view text);

} // namespace handprint::witness
