#pragma once

#include "node/http/reply.hpp"
#include "node/http/router.hpp"
#include "node/http/types.hpp"

namespace handprint::http {

/// Keeps requests that come before their time, so that no I/O thread waits for it.
class Waits {
public:
    virtual ~Waits() = default;
    [[nodiscard]] virtual bool too_early(const Request& request) const = 0;
    /// Has the route's handler answer when it is time, on a thread of its own. The route lasts
    /// until the server has stopped.
    virtual void take(Request request, Reply reply, const Route& route) = 0;
};

} // namespace handprint::http
