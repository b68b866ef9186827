#pragma once

#include "node/http/observer.hpp"
#include "node/http/reply.hpp"
#include "node/http/router.hpp"
#include "node/http/types.hpp"

#include <exception>
#include <string_view>

namespace handprint::http {

/// What the caller gets for an exception: 503 for Unavailable, else 500.
[[nodiscard]] Response answer_to(const std::exception& thrown);
/// The same, and the observer is told.
[[nodiscard]] Response
failed(std::string_view route, const std::exception& thrown, Observer& observer);

/// What the route's handler, one that answers at once, says. An exception is told to the observer
/// and answered as above.
[[nodiscard]] Response handle(const Route& route, const Request& request, Observer& observer);

/// Has the route's handler of either kind answer. One that hands the work on and throws is told to
/// the observer too; its caller then gets the answer of a Reply that was dropped.
void handle(const Route& route, Request request, Reply reply, Observer& observer);

} // namespace handprint::http
