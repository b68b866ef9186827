#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handprint::test {

struct RawResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    /// Empty if there is none; the name in any case.
    [[nodiscard]] std::string header(std::string_view name) const;
};

/// A client that sends what it is told to, byte by byte, right or wrong. Waits at most ten seconds.
class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;

    void send(std::string_view bytes);
    /// One response; nothing when the server closed before its end.
    [[nodiscard]] std::optional<RawResponse> receive(bool head_only = false);
    /// As receive; throws when there is none.
    [[nodiscard]] RawResponse next(bool head_only = false);
    /// Reads until the text has come, or the end.
    [[nodiscard]] std::string receive_until(std::string_view text);
    /// Whether the server has ended the connection (waits for it).
    [[nodiscard]] bool ended();
    void stop_sending();
    /// Closes so that the server sees a reset.
    void reset();

private:
    bool more();

    int socket_;
    std::string buffer_;
};

/// One request on a connection of its own. Adds Host and Content-Length.
[[nodiscard]] RawResponse
ask(std::uint16_t port,
    std::string_view method,
    std::string_view target,
    std::string_view headers = "",
    std::string_view body = "");

} // namespace handprint::test
