#pragma once

#include "node/http/types.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace handprint::http {

/// One request and its answer, for metrics and the access log. The texts live during the call.
struct Exchange {
    Method method;
    std::string_view route; // the pattern, so that metrics have few labels; empty if none matched
    std::string_view path;  // without the query, which may hold secrets
    std::string_view peer;
    std::string_view party; // of the principal; empty for nobody
    int status;
    std::uint64_t bytes_in;         // of the body
    std::uint64_t bytes_out;        // of the body
    std::chrono::nanoseconds taken; // from the first byte of the request to the answer
};

/// Called on the I/O threads and those that handlers run on, several at once; must be quick and
/// must not throw.
class Observer {
public:
    virtual ~Observer() = default;

    virtual void exchange(const Exchange& /*done*/) {}

    virtual void connection_opened() {}

    virtual void connection_closed() {}

    /// A connection turned away, or an accept that failed.
    virtual void connection_refused(std::string_view /*why*/) {}

    /// A handler threw; the caller got 500, or 503.
    virtual void handler_failed(std::string_view /*route*/, std::string_view /*what*/) {}
};

} // namespace handprint::http
