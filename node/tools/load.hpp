#pragma once

// Drives a node with requests that were made beforehand: many connections, one request outstanding
// on each (no pipelining), one thread and epoll, so that the generator costs little beside the
// node.

#include "ledger/base/bytes.hpp"
#include "node/client/wire.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace handprint::tools {

/// What the node acknowledged: an entry's index and leaf hash, as text.
struct Acknowledged {
    std::int64_t index = -1;
    std::string leaf;
};

struct LoadResult {
    std::size_t answered = 0, failed = 0;
    double seconds = 0;
    std::vector<std::uint32_t> latencies_us; // of answered requests
    std::vector<Acknowledged> acknowledged;
    std::string first_failure;
};

struct LoadOptions {
    std::size_t connections = 128;
    /// What came back for the request of that place; only for answers of 200 to 299.
    std::function<void(std::size_t request, std::string_view head, std::string_view body)>
        on_answer = {};
    /// Called now and then with the number answered; false ends the load at once.
    std::function<bool(std::size_t answered)> go_on = {};
};

/// Sends each request once. A refusal, or a connection that breaks, counts as failed; a request
/// whose connection breaks is not sent again.
[[nodiscard]] Result<LoadResult> drive(
    const client::Address& node, std::span<const std::string> requests, const LoadOptions& options
);

/// The text behind `name` in a canonical body or a head, up to the next of `,;"}` or line end.
[[nodiscard]] std::string_view value_after(std::string_view text, std::string_view name);

/// The smallest latency that `part` of the requests did not exceed.
[[nodiscard]] std::uint32_t percentile(std::vector<std::uint32_t>& latencies, double part);

} // namespace handprint::tools
