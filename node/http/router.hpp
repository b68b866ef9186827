#pragma once

#include "node/http/reply.hpp"
#include "node/http/types.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace handprint::http {

/// Runs on an I/O thread, so it may not wait for long. An exception is answered with 500.
using Handler = std::function<Response(const Request&)>;
/// Runs on an I/O thread too, and hands the work on; the Reply may be called from any thread.
using AsyncHandler = std::function<void(Request, Reply)>;

struct RouteOptions {
    std::size_t body_limit = 256 * 1024;
    /// Tokens that one request takes from the quota of its caller.
    double cost = 1;
    /// What its query may have; a request with anything else is refused, so that a slip of the pen
    /// is not silently lost.
    std::vector<std::string_view> query = {};
    bool any_query = false; // of files that anybody may link to
};

struct Route {
    Method method;
    std::string pattern;
    Auth auth;
    RouteOptions options;
    Handler handler; // either this
    AsyncHandler async_handler;
};

/// Finds the route of a request. Filled before the server starts, only read afterwards.
///
///     router.add<auth::session>(Method::get, "/v1/batches/{b}/terms", handler);
///
/// `{name}` stands for one non-empty segment, `{name...}` at the end for the rest of the path.
/// A literal segment wins over a parameter. HEAD is answered by the route of GET.
class Router {
public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// The auth kind cannot be deduced: a route that names none does not compile.
    template <Auth kind, class F>
    Router& add(Method method, std::string_view pattern, F handler, RouteOptions options = {}) {
        static_assert(
            std::is_invocable_r_v<Response, F&, const Request&>
                || std::is_invocable_r_v<void, F&, Request, Reply>,
            "a handler is Response(const Request&) or void(Request, Reply)"
        );
        Route route{method, std::string(pattern), kind, std::move(options), nullptr, nullptr};
        if constexpr (std::is_invocable_r_v<Response, F&, const Request&>) {
            route.handler = std::move(handler);
        } else {
            route.async_handler = std::move(handler);
        }
        insert(std::move(route));
        return *this;
    }

    /// Answers GET of a path that no route knows, in place of 404. No credentials are read.
    void fallback(Handler handler);

    using Params = std::vector<std::pair<std::string_view, std::string>>;

    struct Match {
        const Route* route = nullptr; // null: nothing there, or `allow` says what would be
        Params params;
        std::string allow;     // for 405
        bool bad_path = false; // for 400: not decodable
    };

    [[nodiscard]] Match find(Method method, std::string_view path) const;

    /// In the order of their declaration.
    [[nodiscard]] std::vector<const Route*> routes() const;

private:
    struct Node;
    class Search;

    void insert(Route route);

    std::unique_ptr<Node> root_;
    std::vector<std::unique_ptr<Route>> routes_;
    std::unique_ptr<Route> fallback_;
};

} // namespace handprint::http
