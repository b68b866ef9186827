#pragma once

#include "node/http/beast.hpp"
#include "node/http/events.hpp"
#include "node/http/lane.hpp"
#include "node/http/reply.hpp"
#include "node/http/request_parser.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace handprint::http {

/// One client: reads a request, has it answered, writes the answer, and again. The bytes below it
/// (plain or TLS) are a derived class. Everything but answer() runs on the lane's thread.
class Connection : public ReplyTarget, public std::enable_shared_from_this<Connection> {
public:
    Connection(std::shared_ptr<Lane> lane, std::string peer, bool secure);
    ~Connection() override;

    /// Enters the lane and begins to read, after a handshake if there is one.
    virtual void start() = 0;
    void close();

    void answer(std::uint64_t ticket, Response response) noexcept override;

    // Called by the lane:

    void take_answer(std::uint64_t ticket, Response response);
    void pump(); // the stream has something to send, or has ended
    void look_after(Lane::Clock::time_point now);

    std::size_t place = 0; // in the lane's list

protected:
    using Clock = Lane::Clock;

    [[nodiscard]] bool enter(); // puts it in the lane; false when it is too late for that
    void begin();               // waits for the first request
    void on_read(error_code ec, std::size_t bytes);
    void on_written(error_code ec);

    virtual void start_read(asio::mutable_buffer into) = 0;
    virtual void start_write(const std::array<asio::const_buffer, 2>& bytes) = 0;
    /// Says that no more will be sent; does not wait.
    virtual void shut_down() = 0;
    virtual void close_socket() = 0;

    [[nodiscard]] Lane& lane() noexcept { return *lane_; }

private:
    enum class Stage {
        handshaking,
        idle,   // between requests
        header, // the first bytes of a request are here
        body,
        handling, // waiting for the handler's answer
        writing,
        streaming, // Server-Sent Events
        lingering, // all is said; reading on, so that the client gets to read it
        closed
    };

    [[nodiscard]] RequestParser& parser();
    void next_request();
    void read_more();
    void parse();
    [[nodiscard]] bool admit(); // false: the answer is already under way
    [[nodiscard]] bool reserve_for_body();
    void refuse(Response response);
    void refuse_syntax(error_code ec);
    void dispatch();
    void respond(Response response);
    void open_stream();
    void start_stream();
    void linger();
    void release_body();

    std::shared_ptr<Lane> lane_;
    Core& core_;
    const std::string peer_;
    const bool secure_; // TLS
    Stage stage_ = Stage::handshaking;
    Clock::time_point deadline_;
    Clock::time_point begun_;
    bool entered_ = false;
    bool reading_ = false;
    bool flying_ = false; // a write is under way
    bool keep_alive_ = true;
    bool admitted_ = false;
    std::uint64_t ticket_ = 0;
    std::uint64_t lingered_ = 0;
    std::size_t body_held_ = 0; // of the core's budget for large bodies

    beast::flat_buffer buffer_;
    std::optional<RequestParser> parser_;
    const Route* route_ = nullptr;
    std::optional<Response> refusal_; // sent once the body has gone by
    std::string head_;
    Response out_;
    std::string party_;
    std::string caller_;     // the party, or else the network of the address
    bool has_place_ = false; // among the streams
    std::string path_;
    Method method_ = Method::other;
    std::uint64_t body_in_ = 0;
};

} // namespace handprint::http
