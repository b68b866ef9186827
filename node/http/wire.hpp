#pragma once

#include "node/http/connection.hpp"

#include <memory>
#include <string>

namespace handprint::http {

/// A connection straight on TCP.
class PlainConnection final : public Connection {
public:
    PlainConnection(std::shared_ptr<Lane> lane, std::string peer, tcp::socket socket);

    void start() override;

private:
    void start_read(asio::mutable_buffer into) override;
    void start_write(const std::array<asio::const_buffer, 2>& bytes) override;
    void shut_down() override;
    void close_socket() override;

    tcp::socket socket_;
};

/// A connection over TLS on TCP.
class TlsConnection final : public Connection {
public:
    TlsConnection(
        std::shared_ptr<Lane> lane,
        std::string peer,
        tcp::socket socket,
        std::shared_ptr<asio::ssl::context> context
    );

    void start() override;

private:
    void start_read(asio::mutable_buffer into) override;
    void start_write(const std::array<asio::const_buffer, 2>& bytes) override;
    void shut_down() override;
    void close_socket() override;

    std::shared_ptr<asio::ssl::context> context_;
    asio::ssl::stream<tcp::socket> stream_;
    asio::steady_timer farewell_; // bounds the wait for the other side's goodbye
    bool established_ = false;
};

/// TLS 1.2 or later, HTTP/1.1 by ALPN. Failure if the files are not a certificate and its key.
[[nodiscard]] Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const TlsFiles& files);

} // namespace handprint::http
