#include "node/http/wire.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace handprint::http {

PlainConnection::PlainConnection(std::shared_ptr<Lane> lane, std::string peer, tcp::socket socket)
    : Connection(std::move(lane), std::move(peer), false), socket_(std::move(socket)) {}

void PlainConnection::start() {
    if (enter()) begin();
}

void PlainConnection::start_read(asio::mutable_buffer into) {
    socket_.async_read_some(into, [this, self = shared_from_this()](error_code ec, std::size_t n) {
        on_read(ec, n);
    });
}

void PlainConnection::start_write(const std::array<asio::const_buffer, 2>& bytes) {
    asio::async_write(
        socket_,
        bytes,
        [this, self = shared_from_this()](error_code ec, std::size_t) { on_written(ec); }
    );
}

void PlainConnection::shut_down() {
    error_code ignored;
    regardless(socket_.shutdown(tcp::socket::shutdown_send, ignored));
}

void PlainConnection::close_socket() {
    error_code ignored;
    regardless(socket_.close(ignored));
}

TlsConnection::TlsConnection(
    std::shared_ptr<Lane> lane,
    std::string peer,
    tcp::socket socket,
    std::shared_ptr<asio::ssl::context> context
)
    : Connection(std::move(lane), std::move(peer), true),
      context_(std::move(context)),
      stream_(std::move(socket), *context_),
      farewell_(this->lane().io()) {}

void TlsConnection::start() {
    if (!enter()) return;
    stream_.async_handshake(
        asio::ssl::stream_base::server,
        [this, self = shared_from_this()](error_code ec) {
            if (ec) return close();
            established_ = true;
            begin();
        }
    );
}

void TlsConnection::start_read(asio::mutable_buffer into) {
    stream_.async_read_some(into, [this, self = shared_from_this()](error_code ec, std::size_t n) {
        on_read(ec, n);
    });
}

void TlsConnection::start_write(const std::array<asio::const_buffer, 2>& bytes) {
    asio::async_write(
        stream_,
        bytes,
        [this, self = shared_from_this()](error_code ec, std::size_t) { on_written(ec); }
    );
}

void TlsConnection::shut_down() {
    // To say so is part of closing, and the client knows the length of every response.
}

void TlsConnection::close_socket() {
    error_code ignored;
    if (!std::exchange(established_, false) || lane().core().draining) {
        regardless(stream_.next_layer().close(ignored));
        return;
    }
    farewell_.expires_after(std::chrono::seconds(1));
    farewell_.async_wait([this, self = shared_from_this()](error_code) {
        error_code also_ignored;
        regardless(stream_.next_layer().close(also_ignored));
    });
    stream_.async_shutdown([this, self = shared_from_this()](error_code) { farewell_.cancel(); });
}

namespace {

// NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's
int choose_http_1_1(SSL*, const unsigned char** chosen, unsigned char* chosen_length, const unsigned char* offered, unsigned offered_length, void*) {
    constexpr std::string_view kHttp = "http/1.1";
    const std::string_view list(reinterpret_cast<const char*>(offered), offered_length);
    for (std::size_t i = 0; i < list.size(); i += 1 + offered[i]) {
        if (list.substr(i + 1, offered[i]) != kHttp) continue;
        *chosen = offered + i + 1;
        *chosen_length = offered[i];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

} // namespace

Result<std::shared_ptr<asio::ssl::context>> make_tls_context(const TlsFiles& files) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    SSL_CTX* native = context->native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(native, choose_http_1_1, nullptr);
    error_code ec;
    ec = context->use_certificate_chain_file(files.certificate_chain, ec);
    if (ec) return fail("tls: " + files.certificate_chain + ": " + ec.message());
    ec = context->use_private_key_file(files.private_key, asio::ssl::context::pem, ec);
    if (ec) return fail("tls: " + files.private_key + ": " + ec.message());
    return context;
}

} // namespace handprint::http
