#pragma once

#include "ledger/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::outbound {

struct HttpCall {
    std::string method = "GET";
    std::string url; // http or https, nothing else
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::milliseconds timeout{10'000}; // for all of it
    std::chrono::milliseconds connect_timeout{3'000};
    std::size_t reply_max = 1024 * 1024; // bytes of the reply's body
    std::string ca_file;                 // PEM of the authorities to trust; empty: the system's
};

struct HttpReply {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string body;

    /// The first of that name (lower case); empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

/// Name (in lower case) and value of a line of a head; nothing if it has no colon.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> header_line(std::string_view line);

/// Makes HTTP requests, one at a time for each calling thread, and keeps connections open between
/// them. Follows no redirect, reads no proxy setting, sends no cookie. Safe from any thread.
class HttpClient {
public:
    HttpClient();
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Any status is a reply; a Failure means that there was none, or too large a one. Waits.
    [[nodiscard]] Result<HttpReply> fetch(const HttpCall& call);

private:
    class Pool;

    std::unique_ptr<Pool> pool_;
};

} // namespace handprint::outbound
