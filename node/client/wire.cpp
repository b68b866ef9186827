#include "node/client/wire.hpp"

#include "ledger/base/decimal.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace handprint::client {

namespace {

constexpr std::size_t most_reply = 512UL * 1024 * 1024;

bool same_name(std::string_view a, std::string_view lower) {
    return a.size() == lower.size()
           && std::equal(a.begin(), a.end(), lower.begin(), [](unsigned char x, char y) {
                  return static_cast<char>(std::tolower(x)) == y;
              });
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

} // namespace

Result<ReplyHead> parse_reply_head(std::string_view text) {
    ReplyHead head;
    bool sized = false;
    const std::size_t line_end = text.find("\r\n");
    const std::string_view status = text.substr(0, line_end);
    if (!status.starts_with("HTTP/1.1 ") || status.size() < 12) return fail("not an HTTP reply");
    std::from_chars(status.data() + 9, status.data() + 12, head.reply.status);
    if (head.reply.status < 100) return fail("not an HTTP reply");
    std::size_t at = line_end + 2;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find("\r\n", at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 2;
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (same_name(name, "content-length")) {
            const auto length = parse_i64(value);
            if (!length || *length < 0 || std::cmp_greater(*length, most_reply)) {
                return fail("the reply is too long");
            }
            head.length = static_cast<std::size_t>(*length);
            sized = true;
        } else if (same_name(name, "connection")) {
            head.close = same_name(value, "close");
        } else if (same_name(name, "handprint-seq")) {
            head.reply.seq = value;
        } else if (same_name(name, "set-cookie")) {
            head.reply.cookie = value.substr(0, value.find(';'));
        } else if (same_name(name, "transfer-encoding")) {
            return fail("a reply without a length");
        }
    }
    if (!sized && head.reply.status != 204 && head.reply.status != 304) {
        return fail("a reply without a length");
    }
    return head;
}

Result<Address> parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (!url.starts_with(scheme)) return fail("not an http:// address: " + std::string(url));
    url.remove_prefix(scheme.size());
    if (url.ends_with('/')) url.remove_suffix(1);
    const std::size_t colon = url.find(':');
    Address to;
    to.host = url.substr(0, colon);
    if (to.host == "localhost") to.host = "127.0.0.1";
    if (colon != std::string_view::npos) {
        const auto port = parse_i64(url.substr(colon + 1));
        if (!port || *port < 1 || *port > 65'535) return fail("no port in " + std::string(url));
        to.port = static_cast<std::uint16_t>(*port);
    }
    in_addr parsed{};
    if (::inet_pton(AF_INET, to.host.c_str(), &parsed) != 1) {
        return fail("not an IPv4 address: " + to.host);
    }
    return to;
}

Wire::~Wire() {
    close();
}

Wire::Wire(Wire&& other) noexcept
    : to_(std::move(other.to_)),
      timeout_s_(other.timeout_s_),
      socket_(std::exchange(other.socket_, -1)),
      used_(other.used_),
      buffer_(std::move(other.buffer_)) {}

void Wire::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    used_ = false;
    buffer_.clear();
}

Result<void> Wire::open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return fail("no socket");
    const timeval patience{timeout_s_, 0};
    const int one = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(to_.port);
    ::inet_pton(AF_INET, to_.host.c_str(), &to.sin_addr);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        close();
        return fail("cannot connect to " + to_.host + ':' + std::to_string(to_.port));
    }
    return {};
}

bool Wire::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool Wire::more() {
    char chunk[16384];
    const ssize_t got = ::recv(socket_, chunk, sizeof chunk, 0);
    if (got <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(got));
    return true;
}

Result<WireReply> Wire::read_reply() {
    std::size_t head_end = buffer_.find("\r\n\r\n");
    while (head_end == std::string::npos) {
        if (buffer_.size() > 65'536) return fail("the head of the reply is too long");
        if (!more()) return fail("the connection ended before the answer");
        head_end = buffer_.find("\r\n\r\n");
    }
    auto head = parse_reply_head(std::string_view(buffer_).substr(0, head_end));
    if (!head) return unexpected(head.error());
    const std::size_t body_at = head_end + 4;
    while (buffer_.size() < body_at + head->length) {
        if (!more()) return fail("the connection ended within the answer");
    }
    head->reply.body = buffer_.substr(body_at, head->length);
    buffer_.erase(0, body_at + head->length);
    if (head->close) close();
    return std::move(head->reply);
}

Result<WireReply> Wire::exchange(std::string_view request) {
    for (int attempt = 0;; ++attempt) {
        const bool kept = socket_ >= 0 && used_;
        if (socket_ < 0) {
            if (auto ok = open(); !ok) return unexpected(ok.error());
        }
        auto reply =
            send(request) ? read_reply() : Result<WireReply>(fail("the connection is closed"));
        if (reply) {
            used_ = true;
            return reply;
        }
        const bool silent = buffer_.empty();
        close();
        if (!kept || !silent || attempt > 0) return reply;
    }
}

std::string request_text(
    std::string_view method,
    std::string_view target,
    std::string_view headers,
    std::string_view body
) {
    std::string text;
    text.reserve(method.size() + target.size() + headers.size() + body.size() + 96);
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: handprint\r\n");
    text.append(headers);
    if (!body.empty() || method != "GET") {
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    text.append("\r\n").append(body);
    return text;
}

} // namespace handprint::client
