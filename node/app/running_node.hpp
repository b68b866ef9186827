#pragma once

// The composition root: every part of a node, made in order, stopped in the reverse order.

#include "ledger/base/result.hpp"
#include "node/app/config.hpp"
#include "node/app/data_lock.hpp"
#include "node/app/metrics.hpp"
#include "node/app/node_files.hpp"
#include "node/app/reopening_store.hpp"
#include "node/http/assets.hpp"
#include "node/http/server.hpp"
#include "node/outbound/http_client.hpp"
#include "node/routes/content.hpp"
#include "node/routes/grader.hpp"
#include "node/routes/grants.hpp"
#include "node/routes/long_work.hpp"
#include "node/routes/node.hpp"
#include "node/routes/seq_wait.hpp"
#include "node/routes/sessions.hpp"
#include "node/routes/sure_reads.hpp"
#include "node/routes/work_index.hpp"
#include "node/witness/history.hpp"
#include "node/witness/submit.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace handprint::app {

/// A new cooperative: keys, tables and entry 0. `witness_policy` are the lines of the policy after
/// its log. The founders are named; they enrol themselves, as everybody does.
struct Founding {
    std::string origin;
    std::vector<std::string> currencies;
    std::string witness_policy; // "witness ...", "group ...", "quorum ..."
    std::vector<PublicKey> delegates;
    KeyPair first_delegate;
    std::vector<market::RuleValue> rules;
    std::vector<std::string> founders{}; // public keys, base64
};

[[nodiscard]] Result<void> found(const NodeFiles& files, const Founding& founding);

struct DemoParts {
    routes::SignAsDelegate delegate;
    std::string info;               // JSON
    std::string info_here;          // the same for callers on this machine
    std::optional<DataLock> lock{}; // of the data directory, if it is taken already
};

class RunningNode {
public:
    /// Opens, checks, starts and serves. Failure tells what disagrees; nothing is left running.
    [[nodiscard]] static Result<std::unique_ptr<RunningNode>>
    start(const Config& config, DemoParts demo = {});
    ~RunningNode();
    RunningNode(const RunningNode&) = delete;
    RunningNode& operator=(const RunningNode&) = delete;

    /// Refuse connections, drain, commit the last batch, publish, close.
    void stop();

    [[nodiscard]] std::uint16_t port() const;

    [[nodiscard]] routes::Node& node() { return *node_; }

    [[nodiscard]] const NodeKeys& keys() const { return keys_; }

private:
    RunningNode(Config config, NodeKeys keys, DataLock lock);

    [[nodiscard]] Result<void> load_pages();
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> run(const DemoParts& demo);
    [[nodiscard]] Result<void> start_publisher(const std::string& origin);
    [[nodiscard]] Result<void> ask_witnesses();
    [[nodiscard]] witness::OwnLog
    own_log(market::Int size, std::function<Result<Hash>(std::uint64_t size)> root_at) const;
    [[nodiscard]] pipeline::Cosigned
    cosign(const std::string& note, market::Int size, const merkle::HashReader& hashes);
    [[nodiscard]] http::Router make_router();

    std::optional<DataLock> lock_; // of the data directory, until it has stopped
    Config config_;
    NodeFiles files_;
    NodeKeys keys_;
    std::string policy_text_;
    std::optional<merkle::Policy> policy_;
    std::vector<merkle::Policy> former_policies_;
    pipeline::Vault vault_;
    std::unique_ptr<ReopeningStore> store_;
    std::unique_ptr<routes::SureReads> reads_; // of the same, for what answers requests
    outbound::HttpClient client_;
    std::vector<witness::Witness> witnesses_;
    Metrics metrics_;
    http::Quotas quotas_;
    pipeline::KeyRing key_ring_;
    routes::Grants grants_;
    pipeline::Feed feed_;
    routes::WorkIndex work_;
    std::unique_ptr<pipeline::Follower> key_follower_;
    std::unique_ptr<pipeline::Completions> completions_;
    std::unique_ptr<routes::Content> content_;
    std::unique_ptr<routes::Grader> grader_;
    std::unique_ptr<pipeline::Sequencer> sequencer_;
    std::unique_ptr<pipeline::Publisher> publisher_;
    std::unique_ptr<routes::Sessions> sessions_;
    std::unique_ptr<routes::LongWork> long_work_;
    std::unique_ptr<routes::SeqWait> seq_wait_;
    std::unique_ptr<routes::Node> node_;
    std::unique_ptr<http::Assets> assets_; // of the web client, if there are any
    std::unique_ptr<http::Server> server_;
    bool stopped_ = false;
};

} // namespace handprint::app
