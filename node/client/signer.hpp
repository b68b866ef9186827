#pragma once

#include "ledger/base/crypto.hpp"
#include "ledger/record/json.hpp"
#include "node/market/command.hpp"

#include <string>
#include <vector>

namespace handprint::client {

/// Somebody who signs: a key, the party it speaks for ("new" before there is one), the log it is
/// for.
struct Signer {
    KeyPair key;
    std::string party = "new";
    std::string origin;

    /// A command under a fresh id, as the envelope's JSON.
    [[nodiscard]] record::Json sign(const market::Command& command) const;
    /// The body of POST /v1/commands.
    [[nodiscard]] std::string
    body(const market::Command& command, record::Json attachments = {}) const;
    /// The body that asks for a session challenge.
    [[nodiscard]] std::string challenge_body() const;
    /// The answer to a session challenge.
    [[nodiscard]] std::string session_body(const std::string& challenge, market::Int now) const;
    [[nodiscard]] std::string key_text() const;
};

/// Milliseconds since 1970, by the clock of this machine.
[[nodiscard]] market::Int now_ms();

/// Of a command that is made now.
[[nodiscard]] CommandId new_id();

/// An answer with the salt that hides it: `ref` is signed, `attachment` travels beside it.
struct SaltedAnswer {
    market::AnswerRef ref;
    record::Json attachment;
};

[[nodiscard]] SaltedAnswer
salted_answer(market::Int task, std::string_view content, std::string type = "application/json");

/// What a grant names for a program that runs projects: every kind but the revoking of grants.
[[nodiscard]] std::vector<std::string> program_kinds();

} // namespace handprint::client
