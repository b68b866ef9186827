#pragma once

#include "node/http/quotas.hpp"
#include "node/http/router.hpp"
#include "node/http/server.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::http {

/// What is decided about a request when its header is known and its body is not yet read: where it
/// goes, who sent it, whether it may. Safe from any thread.
class Gate {
public:
    Gate(Router router, const ServerParts& parts, const ServerConfig& config);

    struct Verdict {
        const Route* route = nullptr;
        std::optional<Response> refusal;
    };

    /// Fills in path, query, params and principal, and corrects peer and security behind a trusted
    /// proxy.
    [[nodiscard]] Verdict
    admit(Request& request, std::string_view target, Quotas::Clock::time_point now);

private:
    [[nodiscard]] std::optional<Response>
    let_in(Request& request, const Route& route, Quotas::Clock::time_point now);
    [[nodiscard]] std::optional<Problem> authenticate(Request& request, Auth wanted);
    [[nodiscard]] std::optional<Problem> by_cookie(Request& request, std::string_view value);
    [[nodiscard]] std::optional<Problem> by_key(Request& request, std::string_view value);
    void believe_proxy(Request& request) const;

    Router router_;
    Authenticator* authenticator_;
    Quotas unlimited_;
    Quotas& quotas_;
    std::vector<std::string> proxies_;
};

/// A 400, and the like, for requests that are not HTTP as we take it.
[[nodiscard]] Problem bad_request(std::string_view detail);

} // namespace handprint::http
