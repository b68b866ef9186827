#include "node/app/running_node.hpp"

#include "node/app/first_entry.hpp"
#include "node/app/log_line.hpp"
#include "node/app/resources.hpp"
#include "node/app/rotation.hpp"
#include "node/http/assets.hpp"
#include "node/pipeline/leftovers.hpp"
#include "node/routes/answers.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <filesystem>
#include <utility>

namespace handprint::app {

namespace fs = std::filesystem;

namespace {

class KeyFollower final : public pipeline::Follower {
public:
    explicit KeyFollower(pipeline::KeyRing& ring) : ring_(ring) {}

    void row(const market::Row& row) override {
        if (const auto* key = std::get_if<market::KeyRow>(&row)) ring_.add(*key);
    }

    void claim(market::Int, market::Int, market::Int, const std::vector<market::Int>&) override {}

    /// Keeps what it has: every row it was told of is durable, and will be told again.
    void forget() override {}

private:
    pipeline::KeyRing& ring_;
};

/// How long a witness has to show what it has seen.
constexpr std::chrono::milliseconds kShowTimeout{2000};

std::string web_directory(const Config& config) {
    if (!config.web.empty()) return config.web;
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& at :
         {self.parent_path() / "../../web-client/dist",
          self.parent_path() / "../share/handprint/web"}) {
        if (fs::exists(at / "index.html")) return fs::weakly_canonical(at).string();
    }
    return {};
}

void warn(std::string_view at, std::string_view what) {
    spdlog::warn("{}", log_line(at, {{"what", what}}));
}

http::ServerConfig server_config(const Config& config) {
    http::ServerConfig out;
    http::Listen listen;
    listen.address = config.listen;
    listen.port = config.port;
    if (!config.tls_certificate.empty()) {
        listen.tls = http::TlsFiles{config.tls_certificate, config.tls_key};
    }
    out.listen = {listen};
    out.threads = config.threads;
    std::string_view proxies = config.trusted_proxies;
    while (!proxies.empty()) {
        const std::size_t comma = std::min(proxies.find(','), proxies.size());
        std::string_view one = proxies.substr(0, comma);
        proxies.remove_prefix(std::min(comma + 1, proxies.size()));
        one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
        one = one.substr(0, one.find(' '));
        if (!one.empty()) out.trusted_proxies.emplace_back(one);
    }
    return out;
}

http::Quotas::Rates quotas_of(const Config& config) {
    constexpr double burst_s = 5;
    if (config.rate_per_second <= 0) return {};
    return {
        {config.rate_per_second, config.rate_per_second * burst_s},
        {config.address_rate_per_second, config.address_rate_per_second * burst_s}
    };
}

} // namespace

RunningNode::RunningNode(Config config, NodeKeys keys, DataLock lock)
    : lock_(std::move(lock)),
      config_(std::move(config)),
      files_(config_.data),
      keys_(std::move(keys)),
      vault_(keys_.data, fill_random),
      quotas_(quotas_of(config_)) {}

RunningNode::~RunningNode() {
    stop();
}

Result<std::unique_ptr<RunningNode>> RunningNode::start(const Config& config, DemoParts demo) {
    const NodeFiles files(config.data);
    if (!fs::exists(files.database()))
        return fail("no cooperative in " + config.data + "; `handprint init` founds one");
    auto lock = demo.lock ? Result<DataLock>(std::move(*demo.lock)) : DataLock::take(config.data);
    if (!lock) return unexpected(lock.error());
    auto keys = files.load_keys();
    if (!keys) return unexpected(keys.error());
    std::unique_ptr<RunningNode> node(new RunningNode(config, std::move(*keys), std::move(*lock)));
    if (auto ok = node->load_pages(); !ok) return unexpected(ok.error());
    if (auto ok = node->open(); !ok) return unexpected(ok.error());
    if (auto ok = node->run(demo); !ok) return unexpected(ok.error());
    return node;
}

Result<void> RunningNode::open() {
    auto policy = read_text(files_.policy());
    if (!policy) return unexpected(policy.error());
    auto parsed = merkle::Policy::parse(*policy);
    if (!parsed) return fail(files_.policy() + ": " + parsed.error().what);
    policy_text_ = std::move(*policy);
    policy_ = std::move(*parsed);
    for (const auto& known : policy_->witnesses()) {
        witnesses_.push_back({known.name, known.key, known.url, 0});
    }
    auto former = pipeline::read_policies(files_.policies());
    if (!former) return unexpected(former.error());
    former_policies_ = std::move(*former);
    const auto options = own_store(files_, vault_.mac_key());
    auto store = store::SqliteStore::open(options);
    if (!store) return unexpected(store.error());
    store_ = std::make_unique<ReopeningStore>(options, std::move(*store));
    if (auto ok = check_first_entry(*store_, files_.dir()); !ok) return ok;
    return check_log_key(*store_, *policy_, keys_.log.key());
}

Result<void> RunningNode::load_pages() {
    const std::string web = web_directory(config_);
    if (web.empty()) return {};
    auto assets = http::Assets::load(web);
    if (assets) {
        assets_ = std::make_unique<http::Assets>(std::move(*assets));
    } else if (!config_.web.empty()) {
        return fail("web = " + web + ": " + assets.error().what);
    } else {
        warn("web client", assets.error().what);
    }
    return {};
}

Result<void> RunningNode::run(const DemoParts& demo) {
    const std::string origin = keys_.log.key().name;
    // Followers of the sequencer come first; it tells them every row at start.
    key_follower_ = std::make_unique<KeyFollower>(key_ring_);
    completions_ = std::make_unique<pipeline::Completions>(2);
    reads_ = std::make_unique<routes::SureReads>(*store_, [](std::string_view what) {
        warn("routes", what);
    });
    content_ = std::make_unique<routes::Content>(*reads_, vault_);
    grader_ = std::make_unique<routes::Grader>(routes::Grader::Parts{
        *content_,
        vault_,
        *completions_,
        wall_clock_ms,
        keys_.clock,
        origin,
        [](std::string_view what) { warn("grader", what); }
    });
    sequencer_ = std::make_unique<pipeline::Sequencer>(
        pipeline::Sequencer::Parts{
            *store_,
            vault_,
            wall_clock_ms,
            keys_.clock,
            *completions_,
            {key_follower_.get(), &grants_, &work_, grader_.get(), &feed_},
            [this] { return store_->reopen(); },
            [](std::string_view what) { warn("sequencer", what); }
        },
        pipeline::SequencerOptions{.period_ms = config_.period_ms, .origin = origin}
    );
    sequencer_->require_witness(!witnesses_.empty());
    if (auto ok = sequencer_->start(); !ok) return ok;
    if (auto ok = pipeline::drop_staged(*store_, vault_); !ok)
        warn("leftovers of imports", ok.error().what);
    grader_->attach([this](pipeline::Job job) { return sequencer_->submit(std::move(job)); });
    grader_->catch_up();
    // A witness or the published files that know more than the tables: never sign.
    if (auto ok = ask_witnesses(); !ok) return ok;
    if (auto ok = start_publisher(origin); !ok) return ok;
    sessions_ = std::make_unique<routes::Sessions>(
        routes::Sessions::Parts{*store_, vault_, key_ring_, grants_, wall_clock_ms, origin}
    );
    if (auto ok = sessions_->remove_expired(); !ok) warn("expired sessions", ok.error().what);
    long_work_ = std::make_unique<routes::LongWork>(routes::LongWork::Size{}, metrics_);
    seq_wait_ = std::make_unique<routes::SeqWait>(
        [this](market::Int size, market::Int timeout_ms) {
            return sequencer_->size() >= size
                   || (timeout_ms > 0 && sequencer_->wait_for(size, timeout_ms));
        },
        routes::SeqWait::Size{},
        metrics_
    );
    node_ = std::unique_ptr<routes::Node>(new routes::Node{
        *reads_,
        vault_,
        *sequencer_,
        *publisher_,
        feed_,
        key_ring_,
        quotas_,
        work_,
        *sessions_,
        *content_,
        *long_work_,
        wall_clock_ms,
        keys_.promise,
        origin,
        keys_.log.key().text(),
        policy_text_,
        std::string(resources::taxonomy()),
        std::string(resources::openapi()),
        60'000,
        demo.delegate,
        demo.info,
        demo.info_here,
        api::domains_of(resources::taxonomy())
    });
    auto server = http::Server::start(
        server_config(config_),
        make_router(),
        {sessions_.get(), &metrics_, &quotas_, seq_wait_.get()}
    );
    if (!server) return unexpected(server.error());
    server_ = std::move(*server);
    return {};
}

Result<void> RunningNode::start_publisher(const std::string& origin) {
    publisher_ = std::make_unique<pipeline::Publisher>(
        pipeline::Publisher::Parts{
            *store_,
            vault_,
            *sequencer_,
            keys_.log,
            *policy_,
            pipeline::PublishedFiles(files_.log()),
            [this](const std::string& note, market::Int size, const merkle::HashReader& hashes) {
                return cosign(note, size, hashes);
            },
            wall_clock_ms,
            [](std::string_view what) { warn("publisher", what); },
            former_policies_
        },
        pipeline::PublisherOptions{
            .interval_ms = config_.publish_ms, .refresh_ms = config_.refresh_ms, .origin = origin
        }
    );
    if (auto ok = publisher_->start(); !ok) {
        publisher_.reset(); // stop() must not let it sign
        return ok;
    }
    return {};
}

Result<void> RunningNode::ask_witnesses() {
    const auto head = store_->head();
    if (!head) return unexpected(head.error());
    const auto own = own_log(head->size, [&head](std::uint64_t size) -> Result<Hash> {
        if (std::cmp_not_equal(size, head->size)) return fail("not looked up at start");
        return head->root;
    });
    std::vector<bool> doubting(witnesses_.size());
    for (std::size_t i = 0; i < witnesses_.size(); ++i) {
        const auto& known = witnesses_[i];
        const auto note = witness::latest_checkpoint(client_, known.url, own.origin, kShowTimeout);
        if (!note || !*note) continue; // not reachable, or nothing yet: the quorum decides later
        const auto shown = merkle::verify_checkpoint(**note, *policy_).checkpoint;
        if (!shown) continue;
        std::string why;
        if (std::cmp_greater(shown->size, head->size)) {
            why = "witness " + known.name + " has seen " + std::to_string(shown->size)
                  + " entries and the database has " + std::to_string(head->size)
                  + ": the database is an old copy. Restore the newest copy; signing from this one "
                    "would fork the log.";
        } else if (std::cmp_equal(shown->size, head->size) && shown->root != head->root) {
            why = "witness " + known.name + " has seen another log of this size";
        }
        if (why.empty()) continue;
        doubting[i] = true;
        if (witness::shows_another_history(**note, own)
            || !witness::quorum_without(*policy_, doubting)) {
            return fail(std::move(why));
        }
        metrics_.witness_not_believed(known.name);
        warn("witness", why + " It shows no signature of the log's, and is not believed.");
    }
    return {};
}

witness::OwnLog RunningNode::own_log(
    market::Int size, std::function<Result<Hash>(std::uint64_t size)> root_at
) const {
    return {
        keys_.log.key().name,
        *policy_,
        former_policies_,
        static_cast<std::uint64_t>(size),
        std::move(root_at)
    };
}

pipeline::Cosigned
RunningNode::cosign(const std::string& note, market::Int size, const merkle::HashReader& hashes) {
    pipeline::Cosigned out;
    const auto outcomes = witness::cosign(
        client_,
        note,
        witnesses_,
        [&](std::uint64_t from, std::uint64_t to) {
            return merkle::prove_consistency(from, to, hashes);
        },
        std::chrono::milliseconds(3000)
    );
    const auto own =
        own_log(size, [&hashes](std::uint64_t at) { return merkle::root_at(at, hashes); });
    std::vector<bool> doubting(outcomes.size());
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto& outcome = outcomes[i];
        witnesses_[i].known_size = outcome.known_size;
        out.signatures.insert(out.signatures.end(), outcome.lines.begin(), outcome.lines.end());
        if (outcome.status == witness::CosignStatus::log_went_back
            || outcome.status == witness::CosignStatus::log_forked) {
            doubting[i] = true;
            // One that lies, or is confused, must not be able to stop the log.
            out.went_back =
                out.went_back
                || witness::shows_another_history(client_, witnesses_[i], own, kShowTimeout)
                || !witness::quorum_without(*policy_, doubting);
            if (!out.went_back) metrics_.witness_not_believed(witnesses_[i].name);
        }
        if (outcome.status != witness::CosignStatus::cosigned) {
            const auto line = log_line(
                "witness",
                {{"name", witnesses_[i].name},
                 {"status", witness::name(outcome.status)},
                 {"detail", outcome.detail}}
            );
            spdlog::warn("{}", line);
        }
    }
    return out;
}

http::Router RunningNode::make_router() {
    http::Router router;
    auto& node = *node_;
    routes::add_session_routes(router, node);
    routes::add_command_routes(router, node);
    routes::add_member_routes(router, node);
    routes::add_requester_routes(router, node);
    routes::add_long_routes(router, node);
    routes::add_result_routes(router, node);
    routes::add_public_routes(router, node);
    routes::add_event_routes(router, node);
    routes::add_external_routes(router, node);
    routes::add_proposal_routes(router, node);
    router.add<http::auth::none>(http::Method::get, "/metrics", [this](const http::Request&) {
        auto response = http::Response::text(metrics_.text(*sequencer_, *publisher_, quotas_));
        response.content_type = "text/plain; version=0.0.4";
        return response;
    });
    router.add<http::auth::none>(http::Method::get, "/healthz", [this](const http::Request&) {
        const auto published = publisher_->published();
        const auto halted = publisher_->halted();
        const market::Int age = wall_clock_ms() - published.time;
        const bool fresh =
            published.time != 0 && age > -5 * 60'000 && age < 3 * config_.refresh_ms + 10'000;
        const bool lost = sequencer_->stats().out_of_reach.load();
        const bool good = fresh && halted.empty() && !lost;
        const std::string why = lost              ? "the database is out of reach"
                                : !halted.empty() ? halted
                                : fresh           ? "ok"
                                                  : "no fresh checkpoint";
        return routes::respond_json(
            routes::Json::object({
                {"checkpoint_age_ms", routes::Json(published.time == 0 ? market::Int{-1} : age)},
                {"size", routes::Json(published.size)},
                {"status", routes::Json(why)},
            }),
            good ? 200 : 503
        );
    });
    if (assets_) router.fallback([this](const http::Request& r) { return assets_->serve(r); });
    return router;
}

std::uint16_t RunningNode::port() const {
    return server_->ports().front();
}

void RunningNode::stop() {
    if (std::exchange(stopped_, true)) return;
    // Long work first, so that its callers are told while they are still connected.
    if (long_work_) long_work_->close();
    if (seq_wait_) seq_wait_->stop();
    if (server_) server_->stop();
    if (long_work_) long_work_->stop();
    if (sequencer_) sequencer_->stop();
    if (completions_) completions_->stop();
    feed_.stop();
    if (publisher_) publisher_->stop();
    lock_.reset();
}

} // namespace handprint::app
