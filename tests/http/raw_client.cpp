#include "tests/http/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>

namespace handprint::test {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return out;
}

} // namespace

std::string RawResponse::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (lower(key) == lower(name)) return value;
    }
    return {};
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{10, 0};
    const int one = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        throw std::runtime_error("cannot connect");
    }
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

RawClient::~RawClient() {
    if (socket_ >= 0) ::close(socket_);
}

void RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return; // the server has closed: the test looks at what it said
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

bool RawClient::more() {
    char chunk[16 * 1024];
    const ssize_t got = ::recv(socket_, chunk, sizeof chunk, 0);
    if (got <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(got));
    return true;
}

std::string RawClient::receive_until(std::string_view text) {
    std::size_t found = 0;
    while ((found = buffer_.find(text)) == std::string::npos) {
        if (!more()) return std::exchange(buffer_, {});
    }
    std::string out = buffer_.substr(0, found + text.size());
    buffer_.erase(0, found + text.size());
    return out;
}

std::optional<RawResponse> RawClient::receive(bool head_only) {
    const std::string head = receive_until("\r\n\r\n");
    if (!head.starts_with("HTTP/1.1 ") || !head.ends_with("\r\n\r\n")) return std::nullopt;
    RawResponse response;
    response.status = std::atoi(head.c_str() + 9);
    std::size_t at = head.find("\r\n") + 2;
    while (at + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", at);
        const std::size_t colon = head.find(": ", at);
        response.headers.emplace_back(
            head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2)
        );
        at = end + 2;
    }
    const std::string length = response.header("Content-Length");
    if (head_only || length.empty()) return response;
    const auto wanted = static_cast<std::size_t>(std::atoll(length.c_str()));
    while (buffer_.size() < wanted) {
        if (!more()) return std::nullopt;
    }
    response.body = buffer_.substr(0, wanted);
    buffer_.erase(0, wanted);
    return response;
}

RawResponse RawClient::next(bool head_only) {
    auto response = receive(head_only);
    if (!response) throw std::runtime_error("no response");
    return *response;
}

bool RawClient::ended() {
    while (more()) {
    }
    char byte = 0;
    return ::recv(socket_, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

void RawClient::stop_sending() {
    ::shutdown(socket_, SHUT_WR);
}

void RawClient::reset() {
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ::close(std::exchange(socket_, -1));
}

RawResponse
ask(std::uint16_t port,
    std::string_view method,
    std::string_view target,
    std::string_view headers,
    std::string_view body) {
    RawClient client(port);
    std::string request;
    request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    request.append(headers);
    if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    request.append("\r\n").append(body);
    client.send(request);
    const auto response = client.receive(method == "HEAD");
    if (!response) throw std::runtime_error("no response");
    return *response;
}

} // namespace handprint::test
