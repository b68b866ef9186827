#pragma once

// One connection to a node: HTTP/1.1 without TLS, requests one after another, kept open between
// them. Small on purpose: it is what the benchmarks drive a node with, so it must cost less than
// the node.

#include "ledger/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace handprint::client {

struct Address {
    std::string host;
    std::uint16_t port = 80;
};

/// Of "http://host:port" with nothing behind it; an IPv4 address or "localhost".
[[nodiscard]] Result<Address> parse_url(std::string_view url);

struct WireReply {
    int status = 0;
    std::string seq;    // Handprint-Seq
    std::string cookie; // first pair of Set-Cookie, "name=value"
    std::string body;
};

struct ReplyHead {
    WireReply reply;        // but for its body
    std::size_t length = 0; // of the body
    bool close = false;
};

/// Of the lines before the empty one. Failure: it is none, or does not say the body's length, or
/// one of over 512 MiB.
[[nodiscard]] Result<ReplyHead> parse_reply_head(std::string_view text);

class Wire {
public:
    explicit Wire(Address to, int timeout_s = 120) : to_(std::move(to)), timeout_s_(timeout_s) {}

    ~Wire();
    Wire(Wire&& other) noexcept;
    Wire& operator=(Wire&&) = delete;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Sends a whole request and reads its answer. When a connection that was kept open turns out
    /// to be closed before a byte came back, it is tried once more on a new one.
    [[nodiscard]] Result<WireReply> exchange(std::string_view request);

private:
    [[nodiscard]] Result<void> open();
    void close();
    [[nodiscard]] bool send(std::string_view bytes) const;
    [[nodiscard]] bool more();
    [[nodiscard]] Result<WireReply> read_reply();

    Address to_;
    int timeout_s_;
    int socket_ = -1;
    bool used_ = false; // for a request before
    std::string buffer_;
};

/// The text of a request. `headers` are whole lines, each with its line end.
[[nodiscard]] std::string request_text(
    std::string_view method,
    std::string_view target,
    std::string_view headers,
    std::string_view body
);

} // namespace handprint::client
