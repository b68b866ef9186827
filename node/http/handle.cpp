#include "node/http/handle.hpp"

#include "node/http/problem.hpp"

#include <exception>
#include <utility>

namespace handprint::http {

Response answer_to(const std::exception& thrown) {
    const bool later = dynamic_cast<const Unavailable*>(&thrown) != nullptr;
    return problem(later ? unavailable() : internal());
}

Response failed(std::string_view route, const std::exception& thrown, Observer& observer) {
    observer.handler_failed(route, thrown.what());
    return answer_to(thrown);
}

Response handle(const Route& route, const Request& request, Observer& observer) {
    try {
        return route.handler(request);
    } catch (const std::exception& e) {
        return failed(route.pattern, e, observer);
    }
}

void handle(const Route& route, Request request, Reply reply, Observer& observer) {
    if (!route.async_handler) return reply(handle(route, request, observer));
    try {
        route.async_handler(std::move(request), std::move(reply));
    } catch (const std::exception& e) {
        observer.handler_failed(route.pattern, e.what());
    }
}

} // namespace handprint::http
