#pragma once

// Fills a demo with people and work, by the same commands that anybody would send.

#include "ledger/record/json.hpp"
#include "node/app/running_node.hpp"

#include <string>
#include <vector>

namespace handprint::app {

using record::Json;

struct DemoParty {
    std::string name;
    std::string party;
    std::string key_file;
};

struct DemoWorld {
    std::string delegate_file; // of d:0
    DemoParty requester;
    std::string api_key;
    std::vector<DemoParty> members;

    [[nodiscard]] Json json() const;
    [[nodiscard]] static Result<DemoWorld> parse(std::string_view text);
};

/// Sends a command as a party; the answer must be an entry.
[[nodiscard]] Result<pipeline::Answer> send_as(
    RunningNode& running,
    const std::string& party,
    const KeyPair& key,
    market::Command command,
    std::vector<pipeline::Note> notes = {},
    std::vector<pipeline::Attachment> attachments = {}
);

/// Of a transfer at a bank that there is not.
[[nodiscard]] Hash demo_reference(RunningNode& running, std::string_view text);

[[nodiscard]] Result<DemoWorld>
populate(RunningNode& running, const std::string& dir, const KeyPair& delegate);

} // namespace handprint::app
