#include "node/http/connection.hpp"

#include "node/http/handle.hpp"
#include "node/http/peers.hpp"
#include "node/http/response_head.hpp"

#include <algorithm>
#include <utility>

namespace handprint::http {

namespace {

constexpr std::size_t kReadBytes = 4 * 1024;
constexpr std::size_t kReadBodyBytes = 64 * 1024;
/// A body of a refused request is read to its end up to here, so that the connection lives on.
constexpr std::uint64_t kSkipBody = 64 * 1024;
constexpr std::uint64_t kLingerBytes = 1024 * 1024;
constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLargeBody = 256 * 1024;

std::chrono::seconds time_for(std::uint64_t bytes) {
    return std::chrono::seconds(bytes / (64UL * 1024));
}

std::string at_most(std::size_t bytes) {
    return "At most " + std::to_string(bytes) + " bytes.";
}

} // namespace

Connection::Connection(std::shared_ptr<Lane> lane, std::string peer, bool secure)
    : lane_(std::move(lane)), core_(lane_->core()), peer_(std::move(peer)), secure_(secure) {}

Connection::~Connection() = default;

bool Connection::enter() {
    if (core_.draining) { // accepted just before the listener closed
        core_.open.fetch_sub(1);
        stage_ = Stage::closed;
        close_socket();
        return false;
    }
    entered_ = true;
    core_.observer.connection_opened();
    deadline_ = Clock::now() + core_.limits.header_time;
    lane_->enter(shared_from_this());
    return true;
}

void Connection::begin() {
    if (stage_ == Stage::handshaking) next_request();
}

void Connection::close() {
    if (stage_ == Stage::closed) return;
    stage_ = Stage::closed;
    ++ticket_;
    release_body();
    if (out_.stream) {
        out_.stream->detach();
        if (std::exchange(has_place_, false)) core_.streams.leave(caller_, !party_.empty());
        out_.stream.reset();
    }
    close_socket();
    if (!entered_) return;
    core_.open.fetch_sub(1);
    core_.observer.connection_closed();
    lane_->leave(*this);
}

RequestParser& Connection::parser() {
    HP_CHECK(parser_.has_value(), "a connection that has begun has a parser");
    return *parser_;
}

void Connection::release_body() {
    core_.large_body_bytes.fetch_sub(std::exchange(body_held_, 0));
}

void Connection::next_request() {
    parser_.emplace(core_.limits.header_bytes);
    route_ = nullptr;
    refusal_.reset();
    admitted_ = false;
    method_ = Method::other;
    path_.clear();
    party_.clear();
    body_in_ = 0;
    out_ = Response{};
    if (buffer_.size() == 0 && buffer_.capacity() > 16 * 1024) buffer_.shrink_to_fit();
    stage_ = Stage::idle;
    deadline_ = Clock::now() + core_.limits.idle_time;
    if (buffer_.size() > 0) {
        parse(); // the client sent the next one without waiting
    } else if (core_.draining) {
        close();
    } else {
        read_more();
    }
}

void Connection::read_more() {
    if (reading_) return;
    reading_ = true;
    start_read(buffer_.prepare(stage_ == Stage::body ? kReadBodyBytes : kReadBytes));
}

void Connection::on_read(error_code ec, std::size_t bytes) {
    reading_ = false;
    if (stage_ == Stage::closed) return;
    if (ec) { // half-closed clients are not waited for: they cannot be told from gone ones
        if (stage_ != Stage::writing && stage_ != Stage::handling) close();
        return;
    }
    switch (stage_) {
    case Stage::lingering:
        lingered_ += bytes;
        [[fallthrough]];
    case Stage::streaming:
    case Stage::writing: // a timeout is being told
        buffer_.clear();
        if (lingered_ > kLingerBytes) return close();
        if (stage_ != Stage::writing) read_more();
        return;
    default:
        buffer_.commit(bytes);
        parse();
    }
}

void Connection::parse() {
    if (stage_ == Stage::idle) {
        stage_ = Stage::header;
        begun_ = Clock::now();
        deadline_ = begun_ + core_.limits.header_time;
    }
    while (buffer_.size() > 0 && !parser().is_done()) {
        error_code ec;
        buffer_.consume(parser().put(buffer_.data(), ec));
        if (ec == beast::http::error::need_more) break;
        if (ec) return refuse_syntax(ec);
        if (parser().is_header_done() && !std::exchange(admitted_, true) && !admit()) return;
        if (!reserve_for_body()) return;
    }
    if (parser().is_done()) return dispatch();
    read_more();
}

bool Connection::admit() {
    Request& request = parser().request();
    request.peer = peer_;
    request.secure = secure_;
    stage_ = Stage::body;
    const std::uint64_t announced = parser().content_length().value_or(0);
    deadline_ = Clock::now() + core_.limits.body_time;

    if (parser().version_1_1() && !request.headers.has("Host")) {
        keep_alive_ = false;
        respond(problem(bad_request("A request needs a Host.")));
        return false;
    }
    Gate::Verdict verdict = core_.gate.admit(request, parser().target(), begun_);
    route_ = verdict.route;
    method_ = request.method;
    path_ = request.path;
    if (request.principal) party_ = request.principal->party;
    caller_ = request.principal ? party_ : network_of(request.peer);
    if (verdict.refusal) {
        refuse(std::move(*verdict.refusal));
        return stage_ == Stage::body;
    }
    parser().limit_body(route_->options.body_limit);
    if (announced > route_->options.body_limit) {
        refuse_syntax(beast::http::error::body_limit);
        return false;
    }
    deadline_ += time_for(announced);
    if (!parser().is_done() && buffer_.size() == 0
        && equal_ignoring_case(request.headers.get("Expect"), "100-continue")) {
        head_ = "HTTP/1.1 100 Continue\r\n\r\n";
        flying_ = true;
        start_write({asio::buffer(head_), asio::const_buffer()});
    }
    return true;
}

void Connection::refuse(Response response) {
    const auto length = parser().content_length();
    const bool short_body = parser().is_done() || (length && *length <= kSkipBody);
    if (!short_body || parser().request().headers.has("Expect")) {
        keep_alive_ = false;
        respond(std::move(response));
        return;
    }
    refusal_ = std::move(response);
    parser().discard_body();
    parser().limit_body(kSkipBody);
}

bool Connection::reserve_for_body() {
    const std::size_t size = parser().request().body.capacity();
    if (size <= kLargeBody || size <= body_held_) return true;
    const std::size_t more = size - body_held_;
    body_held_ = size;
    if (core_.large_body_bytes.fetch_add(more) + more <= core_.limits.large_body_bytes) return true;
    keep_alive_ = false;
    respond(problem(
        {503, "busy", "Too many large uploads at once", "Send it again later.", Retry::later, 5}
    ));
    return false;
}

void Connection::refuse_syntax(error_code ec) {
    using beast::http::error;
    keep_alive_ = false;
    if (ec == error::header_limit) {
        respond(problem(
            {431,
             "header_too_large",
             "The header is too large",
             at_most(core_.limits.header_bytes),
             Retry::never,
             0,
             "header"}
        ));
    } else if (ec == error::body_limit) {
        respond(problem(
            {413,
             "body_too_large",
             "The body is too large for this address",
             at_most(route_->options.body_limit),
             Retry::never,
             0,
             "body"}
        ));
    } else {
        respond(problem(bad_request(ec.message())));
    }
}

void Connection::dispatch() {
    stage_ = Stage::handling;
    deadline_ = Clock::now() + core_.limits.handler_time;
    keep_alive_ = parser().keep_alive() && parser().version_1_1();
    body_in_ = parser().body_bytes();
    if (refusal_) return respond(std::move(*refusal_));
    if (core_.waits != nullptr && core_.waits->too_early(parser().request())) {
        Reply reply(shared_from_this(), ++ticket_);
        core_.waits->take(std::move(parser().request()), std::move(reply), *route_);
        return;
    }
    if (route_->async_handler) {
        Reply reply(shared_from_this(), ++ticket_);
        handle(*route_, std::move(parser().request()), std::move(reply), core_.observer);
        return;
    }
    respond(handle(*route_, parser().request(), core_.observer));
}

void Connection::answer(std::uint64_t ticket, Response response) noexcept {
    lane_->deliver(shared_from_this(), ticket, std::move(response));
}

void Connection::take_answer(std::uint64_t ticket, Response response) {
    if (stage_ != Stage::handling || ticket != ticket_) return; // closed, or out of time
    respond(std::move(response));
}

void Connection::respond(Response response) {
    stage_ = Stage::writing;
    out_ = std::move(response);
    if (core_.draining) keep_alive_ = false;
    if (flying_) return; // "100 Continue" is still on its way; on_written goes on
    if (out_.stream) open_stream();
    const std::string& body = out_.shared_body ? *out_.shared_body : out_.body;
    HeadContext context{lane_->date(), body.size(), !keep_alive_};
    if (out_.stream) {
        context.length.reset();
        context.close = true;
    }
    write_response_head(head_, out_, context);
    const bool bodyless =
        out_.stream || method_ == Method::head || out_.status == 204 || out_.status == 304;
    const std::uint64_t sent = bodyless ? 0 : body.size();
    const Clock::time_point now = Clock::now();
    deadline_ = now + core_.limits.write_time + time_for(sent);
    core_.observer.exchange(
        {method_,
         route_ != nullptr ? std::string_view(route_->pattern) : std::string_view(),
         path_,
         peer_,
         party_,
         out_.status,
         body_in_,
         sent,
         now - begun_}
    );
    flying_ = true;
    start_write(
        {asio::buffer(head_),
         bodyless ? asio::const_buffer() : asio::const_buffer(asio::buffer(body))}
    );
}

void Connection::open_stream() {
    if (method_ == Method::head) {
        out_.stream->detach();
        out_.stream.reset();
    } else if (has_place_ = core_.streams.enter(caller_, !party_.empty()); !has_place_) {
        out_.stream->detach();
        out_ = problem({503, "busy", "Too many streams", "Come again later.", Retry::later, 10});
    }
}

void Connection::on_written(error_code ec) {
    flying_ = false;
    if (stage_ == Stage::closed) return;
    if (ec) return close();
    switch (stage_) {
    case Stage::writing:
        if (head_.starts_with("HTTP/1.1 100")) return respond(std::move(out_));
        release_body();
        if (out_.stream) return start_stream();
        if (keep_alive_) return next_request();
        return linger();
    case Stage::streaming:
        return pump();
    default:
        return; // "100 Continue" has gone out, the body is being read
    }
}

void Connection::linger() {
    if (parser().is_done() && buffer_.size() == 0) {
        shut_down();
        return close();
    }
    // Closing with bytes unread would reset the connection and with it the answer.
    stage_ = Stage::lingering;
    deadline_ = Clock::now() + kLingerTime;
    lingered_ = 0;
    shut_down();
    buffer_.clear();
    read_more();
}

void Connection::start_stream() {
    stage_ = Stage::streaming;
    deadline_ = Clock::now() + core_.limits.heartbeat;
    out_.stream->attach([lane = lane_, self = weak_from_this()] {
        if (auto connection = self.lock()) {
            lane->deliver(std::move(connection), 0, std::nullopt);
        }
    });
    buffer_.clear();
    read_more(); // to learn when the client goes
    pump();
}

void Connection::pump() {
    if (stage_ != Stage::streaming || flying_) return;
    const bool goes_on = out_.stream->take(out_.body);
    if (out_.body.empty()) {
        if (!goes_on) {
            shut_down();
            close();
        }
        return;
    }
    flying_ = true;
    deadline_ = Clock::now() + core_.limits.heartbeat;
    start_write({asio::buffer(out_.body), asio::const_buffer()});
}

void Connection::look_after(Clock::time_point now) {
    const bool late = now >= deadline_;
    switch (stage_) {
    case Stage::idle:
        if (late || core_.draining) close();
        return;
    case Stage::header:
    case Stage::body:
        if (!late) return;
        keep_alive_ = false;
        return respond(problem(
            {408,
             "too_slow",
             "The request took too long to arrive",
             "Send it again, and all of it at once.",
             Retry::later,
             0}
        ));
    case Stage::handling:
        if (!late) return;
        ++ticket_; // its Reply goes nowhere
        return respond(problem(
            {503,
             "no_answer",
             "The outcome is not known",
             "Send the same command again, with the same id.",
             Retry::same_id,
             1}
        ));
    case Stage::streaming:
        if (core_.draining) out_.stream->close();
        if (!late) return;
        if (flying_) return close(); // it does not read
        out_.body = ":\n\n";
        flying_ = true;
        deadline_ = now + core_.limits.heartbeat;
        return start_write({asio::buffer(out_.body), asio::const_buffer()});
    default:
        if (late) close();
    }
}

} // namespace handprint::http
