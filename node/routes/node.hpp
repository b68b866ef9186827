#pragma once

// What the routes work with: the parts of a running node, made and owned by the composition root.

#include "api/task_form.hpp"
#include "ledger/base/crypto.hpp"
#include "node/http/quotas.hpp"
#include "node/http/router.hpp"
#include "node/pipeline/feed.hpp"
#include "node/pipeline/keyring.hpp"
#include "node/pipeline/payslips.hpp"
#include "node/pipeline/publisher.hpp"
#include "node/pipeline/sequencer.hpp"

#include <functional>
#include <string>

namespace handprint::routes {

using market::Int;

class Sessions;
class WorkIndex;
class Content;
class LongWork;

/// Signs as the cooperative's delegate while `handprint demo` runs; empty otherwise.
using SignAsDelegate = std::function<market::Request(market::Command)>;

struct Node {
    store::Store& store;
    const pipeline::Vault& vault;
    pipeline::Sequencer& sequencer;
    pipeline::Publisher& publisher;
    pipeline::Feed& feed;
    pipeline::KeyRing& keys;
    http::Quotas& quotas;
    WorkIndex& work;
    Sessions& sessions;
    Content& content;
    LongWork& long_work;
    pipeline::Clock clock;
    KeyPair promise_key;
    std::string origin;
    std::string log_vkey;
    std::string policy;
    std::string taxonomy; // JSON text
    std::string openapi;  // JSON text
    Int publish_within_ms = 60'000;
    SignAsDelegate demo_delegate;
    std::string demo_info;      // JSON text
    std::string demo_info_here; // the same for callers on this machine
    api::Domains domains{};     // of the taxonomy
};

void add_session_routes(http::Router& router, Node& node);
void add_command_routes(http::Router& router, Node& node);
void add_member_routes(http::Router& router, Node& node);
void add_requester_routes(http::Router& router, Node& node);
void add_long_routes(http::Router& router, Node& node);
void add_result_routes(http::Router& router, Node& node);
void add_public_routes(http::Router& router, Node& node);
void add_event_routes(http::Router& router, Node& node);
void add_external_routes(http::Router& router, Node& node);
void add_proposal_routes(http::Router& router, Node& node);

} // namespace handprint::routes
