#pragma once

#include "ledger/base/result.hpp"
#include "node/http/auth.hpp"
#include "node/http/observer.hpp"
#include "node/http/quotas.hpp"
#include "node/http/router.hpp"
#include "node/http/waits.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace handprint::http {

/// PEM files. Read once, at start.
struct TlsFiles {
    std::string certificate_chain;
    std::string private_key;
};

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0; // 0: any free one
    std::optional<TlsFiles> tls;
};

struct Limits {
    std::size_t header_bytes = 16 * 1024;
    std::size_t connections = 10'000;
    std::size_t streams = 2'000;
    std::size_t streams_each = 50; // of one party, or of one address that has shown none
    /// Bodies over 256 KiB that are being received, all together.
    std::size_t large_body_bytes = 512UL * 1024 * 1024;
    std::chrono::milliseconds header_time{10'000};
    std::chrono::milliseconds body_time{30'000}; // plus one second for each 64 KiB
    std::chrono::milliseconds idle_time{60'000};
    std::chrono::milliseconds handler_time{30'000};
    std::chrono::milliseconds write_time{30'000}; // plus one second for each 64 KiB
    std::chrono::milliseconds heartbeat{15'000};
};

struct ServerConfig {
    std::vector<Listen> listen{Listen{}};
    unsigned threads = 0; // 0: one for each core
    Limits limits;
    /// Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; the last address of the
    /// one is then the peer, `https` in the other makes a request secure.
    std::vector<std::string> trusted_proxies;
};

/// Each may be null: then every credential is refused, nothing is observed, nobody is limited,
/// nothing is too early. They outlive the server.
struct ServerParts {
    Authenticator* authenticator = nullptr;
    Observer* observer = nullptr;
    Quotas* quotas = nullptr;
    Waits* waits = nullptr;
};

/// Whether a server could listen there now.
[[nodiscard]] Result<void> can_listen(const Listen& where);

/// An HTTP/1.1 server on threads of its own.
class Server {
public:
    /// Listens and serves when it returns.
    [[nodiscard]] static Result<std::unique_ptr<Server>>
    start(const ServerConfig& config, Router router, ServerParts parts = {});

    ~Server(); // stops at once
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Of each Listen, in order.
    [[nodiscard]] const std::vector<std::uint16_t>& ports() const noexcept;
    [[nodiscard]] std::size_t connections() const noexcept;

    /// Refuses new connections, lets requests under way end for at most `drain`, closes what is
    /// left and joins the threads. A Reply that is called later goes nowhere. Idempotent.
    void stop(std::chrono::milliseconds drain = std::chrono::milliseconds(5'000));

private:
    class Impl;

    explicit Server(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> impl_;
};

} // namespace handprint::http
