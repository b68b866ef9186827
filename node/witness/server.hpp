#pragma once

#include "node/http/server.hpp"
#include "node/witness/service.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::witness {

struct WitnessConfig {
    std::string key_file;   // of make_key_file; used for nothing else
    std::string state_file; // SQLite
    /// Where cosigned checkpoints are also written, for a web server; empty: nowhere.
    std::string publish_directory;
    /// Public copies of our own checkpoints, "https://host/<prefix>", read at start.
    std::vector<std::string> published_at;
    std::vector<WatchedLog> logs;
    http::ServerConfig http;
};

/// A witness on the network: POST /add-checkpoint, GET /<name>/checkpoint, GET / for people.
class WitnessServer {
public:
    /// Refuses to start when a public copy cannot be asked or is ahead of the state file.
    [[nodiscard]] static Result<std::unique_ptr<WitnessServer>>
    start(const WitnessConfig& config, http::Observer* observer = nullptr);

    ~WitnessServer();
    WitnessServer(const WitnessServer&) = delete;
    WitnessServer& operator=(const WitnessServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    [[nodiscard]] const merkle::VerifierKey& key() const noexcept { return service_->key(); }

    void stop();

private:
    explicit WitnessServer(std::unique_ptr<WitnessService> service);

    std::unique_ptr<WitnessService> service_;
    std::unique_ptr<http::Server> server_;
};

/// The routes alone, for a server that has others. The service outlives them.
void add_witness_routes(http::Router& router, WitnessService& service);

/// Serves until SIGINT or SIGTERM; a second signal ends the process at once. `say` gets lines for
/// the log.
[[nodiscard]] Result<void>
run_witness(const WitnessConfig& config, const std::function<void(std::string_view)>& say);

} // namespace handprint::witness
