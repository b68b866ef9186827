#pragma once

// From signed bytes to a typed request: canonical JSON, size, kind and arguments, log, signature.
// Runs on the I/O threads, in parallel; it reads the key ring and nothing else.

#include "ledger/record/dsse.hpp"
#include "node/market/command.hpp"
#include "node/market/refusal.hpp"
#include "node/pipeline/keyring.hpp"

#include <string>
#include <string_view>

namespace handprint::pipeline {

/// Checks an envelope and gives the request of it. For an agent's envelope the caller sets
/// `request.request`; the grant is found by the key. Nothing here says that the key may act.
[[nodiscard]] Result<market::Request, market::Refusal>
take_in(const record::Envelope& envelope, const KeyRing& keys, std::string_view origin);

/// The node's own command, signed by the clock key or an agent key that the node holds.
[[nodiscard]] market::Request sign_command(
    market::Command command,
    const std::string& actor,
    const CommandId& id,
    const KeyPair& key,
    const std::string& origin
);

} // namespace handprint::pipeline
