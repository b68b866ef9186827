#include "node/http/gate.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace handprint::http {

namespace {

Problem unauthenticated(std::string_view detail) {
    return {401, "unauthenticated", "Credentials are needed", std::string(detail), Retry::never, 0};
}

/// "http://host/path" is what proxies are sent; the host in it is as good as a Host header.
std::string_view without_authority(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
        const std::size_t slash = target.find('/', scheme.size());
        return slash == std::string_view::npos ? "/" : target.substr(slash);
    }
    return target;
}

bool changes_something(Method method) {
    return method != Method::get && method != Method::head && method != Method::options;
}

/// A browser sends a cookie along with what other sites make it send; it also says so.
bool from_another_site(const Request& request) {
    const std::string_view site = request.headers.get("Sec-Fetch-Site");
    if (!site.empty()) return site != "same-origin" && site != "none";
    const std::string_view origin = request.headers.get("Origin");
    if (origin.empty()) return false;
    const std::size_t host = origin.find("://");
    return host == std::string_view::npos || origin.substr(host + 3) != request.headers.get("Host");
}

/// One that the route does not have, or that is given twice: nobody could say which one counts.
std::optional<Response> bad_parameter(const Request& request, const RouteOptions& options) {
    if (options.any_query) return std::nullopt;
    std::set<std::string_view> seen;
    for (const auto& [name, value] : request.query.pairs()) {
        if (std::ranges::find(options.query, name) == options.query.end())
            return problem(unknown_field(name));
        if (!seen.insert(name).second) return problem(repeated_field(name));
    }
    return std::nullopt;
}

} // namespace

Problem bad_request(std::string_view detail) {
    return {
        400, "bad_request", "Not a request we understand", std::string(detail), Retry::never, 0
    };
}

Gate::Gate(Router router, const ServerParts& parts, const ServerConfig& config)
    : router_(std::move(router)),
      authenticator_(parts.authenticator),
      unlimited_(Quotas::Rates{}),
      quotas_(parts.quotas != nullptr ? *parts.quotas : unlimited_),
      proxies_(config.trusted_proxies) {}

void Gate::believe_proxy(Request& request) const {
    if (std::ranges::find(proxies_, request.peer) == proxies_.end()) return;
    request.secure = request.secure || request.headers.get("X-Forwarded-Proto") == "https";
    std::string_view said = request.headers.get("X-Forwarded-For");
    if (said.empty()) return;
    const std::size_t comma = said.rfind(',');
    if (comma != std::string_view::npos) said.remove_prefix(comma + 1);
    said.remove_prefix(std::min(said.find_first_not_of(' '), said.size()));
    if (!said.empty() && said.size() <= 45) request.peer = std::string(said);
}

std::optional<Problem> Gate::by_cookie(Request& request, std::string_view value) {
    if (changes_something(request.method) && from_another_site(request)) {
        return Problem{
            403, "cross_site", "Sent by another site", "Origin and Host differ.", Retry::never, 0
        };
    }
    if (authenticator_ == nullptr) return unauthenticated("There are no sessions here.");
    Result<Principal, Problem> who = authenticator_->session(value);
    if (!who) return std::move(who).error();
    request.principal = std::move(*who);
    return std::nullopt;
}

std::optional<Problem> Gate::by_key(Request& request, std::string_view value) {
    if (authenticator_ == nullptr) return unauthenticated("There are no API keys here.");
    Result<Principal, Problem> who = authenticator_->key(value);
    if (!who) return std::move(who).error();
    request.principal = std::move(*who);
    return std::nullopt;
}

std::optional<Problem> Gate::authenticate(Request& request, Auth wanted) {
    if (wanted == Auth::none || wanted == Auth::signed_body) return std::nullopt;
    if (wanted != Auth::session && request.headers.has("Authorization")) {
        const std::string_view token = token_of(request.headers.get("Authorization"));
        if (token.empty()) return unauthenticated("Authorization is not `Bearer <key>`.");
        return by_key(request, token);
    }
    if (wanted != Auth::key) {
        const std::string_view value = cookie(request.headers.get("Cookie"), kSessionCookie);
        if (!value.empty()) return by_cookie(request, value);
    }
    if (wanted == Auth::any) return std::nullopt;
    if (wanted == Auth::key) return unauthenticated("Send `Authorization: Bearer <key>`.");
    if (wanted == Auth::session) return unauthenticated("Sign in first.");
    return unauthenticated("Sign in, or send `Authorization: Bearer <key>`.");
}

/// Whether it may, and on whose account. A signed body says who sent it only when it is there, so
/// its handler charges.
std::optional<Response>
Gate::let_in(Request& request, const Route& route, Quotas::Clock::time_point now) {
    if (route.auth == Auth::signed_body) return quotas_.failing(request.peer, now);
    if (const auto refused = authenticate(request, route.auth)) {
        if (auto limited = quotas_.charge_failure(request.peer, now)) return limited;
        Response refusal = problem(*refused);
        if (refused->status == 401) refusal.with("WWW-Authenticate", "Bearer realm=\"handprint\"");
        return refusal;
    }
    const double cost = route.options.cost;
    return request.principal ? quotas_.charge(*request.principal, cost, now)
                             : quotas_.charge_address(request.peer, cost, now);
}

Gate::Verdict
Gate::admit(Request& request, std::string_view target, Quotas::Clock::time_point now) {
    target = without_authority(target);
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.path = target.substr(0, mark);
    if (!request.path.starts_with('/') || request.headers.count("Host") > 1) {
        return {nullptr, problem(bad_request("The target is not a path, or there are two hosts."))};
    }
    if (mark < target.size()) {
        request.query_text = target.substr(mark + 1);
        Result<Query> query = Query::parse(request.query_text);
        if (!query) return {nullptr, problem(bad_request(query.error().what))};
        request.query = std::move(*query);
    }
    believe_proxy(request);

    Router::Match match = router_.find(request.method, request.path);
    if (match.route != nullptr && !match.bad_path) {
        request.route = match.route->pattern;
        request.params = std::move(match.params);
        auto refusal = let_in(request, *match.route, now);
        if (!refusal) refusal = bad_parameter(request, match.route->options);
        return {match.route, std::move(refusal)};
    }
    if (auto limited = quotas_.charge_address(request.peer, 1, now)) {
        return {nullptr, std::move(limited)};
    }
    if (match.bad_path) return {nullptr, problem(bad_request("The path cannot be decoded."))};
    if (!match.allow.empty()) {
        Response refusal = problem(
            {405, "method_not_allowed", "Not with this method", "See Allow.", Retry::never, 0}
        );
        refusal.with("Allow", match.allow);
        return {nullptr, std::move(refusal)};
    }
    return {nullptr, problem(not_found())};
}

} // namespace handprint::http
