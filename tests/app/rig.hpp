#pragma once

// A cooperative of its own for a test: founded in a scratch directory, without witnesses, run in
// this process and asked over HTTP.

#include "node/app/running_node.hpp"
#include "node/client/api_client.hpp"
#include "node/client/key_file.hpp"
#include "node/tools/node_process.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace handprint::test {

class Rig {
public:
    explicit Rig(const std::function<void(app::Config&)>& change = {});

    void start();
    /// Why it does not start; empty if it does.
    [[nodiscard]] std::string refusal();

    /// As `handprint serve` does at SIGTERM.
    void stop() { node->stop(); }

    [[nodiscard]] client::Address address() const { return {"127.0.0.1", node->port()}; }

    [[nodiscard]] const std::string& data() const { return config_.data; }

    [[nodiscard]] client::PartyKey delegate() const { return {"d:0", delegate_}; }

    [[nodiscard]] client::Signer newcomer() const;
    /// A member, enrolled by a request of its own.
    [[nodiscard]] client::Signer member() const;

    struct Requester {
        client::Signer signer;
        std::string headers;   // of an API key
        market::Int batch = 0; // a draft
    };

    [[nodiscard]] Requester requester() const;
    /// Headers of another API key of theirs, under a grant for these kinds of command.
    [[nodiscard]] std::string
    key_for(const Requester& requester, std::vector<std::string> kinds) const;
    /// Another draft of the requester's; `project` is one of theirs.
    [[nodiscard]] market::Int
    draft(const Requester& requester, market::Int project, const std::string& external) const;

private:
    tools::ScratchDir dir_;
    app::Config config_;
    KeyPair delegate_ = client::new_key();

public:
    std::unique_ptr<app::RunningNode> node; // goes before its directory
};

/// One request on a connection of its own, never sent again by itself.
[[nodiscard]] client::WireReply
ask(const client::Address& to,
    std::string_view method,
    std::string_view target,
    const std::string& headers = {},
    std::string_view body = {});

/// The Cookie header of a new session.
[[nodiscard]] std::string session_of(const client::Address& to, const client::Signer& signer);

/// Waits up to twenty seconds for it to become true.
[[nodiscard]] bool soon(const std::function<bool()>& condition);

} // namespace handprint::test
