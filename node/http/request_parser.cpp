#include "node/http/request_parser.hpp"

#include <algorithm>

namespace handprint::http {

namespace {

Method method_of(beast::http::verb method) noexcept {
    using beast::http::verb;
    switch (method) {
    case verb::get:
        return Method::get;
    case verb::head:
        return Method::head;
    case verb::post:
        return Method::post;
    case verb::put:
        return Method::put;
    case verb::patch:
        return Method::patch;
    case verb::delete_:
        return Method::del;
    case verb::options:
        return Method::options;
    default:
        return Method::other;
    }
}

std::string_view view(beast::string_view text) noexcept {
    return {text.data(), text.size()};
}

} // namespace

RequestParser::RequestParser(std::size_t header_bytes) {
    header_limit(static_cast<std::uint32_t>(header_bytes));
    body_limit(boost::none); // ours depends on the route, which is known after the header
    eager(false);
}

void RequestParser::
    on_request_impl(verb method, string_view, string_view target, int version, error_code&) {
    version_ = version;
    request_.method = method_of(method);
    target_.assign(target.data(), target.size());
}

void RequestParser::on_field_impl(field id, string_view name, string_view value, error_code& ec) {
    if (header_done_) return; // a trailer says nothing that we use
    // Beast takes what it does not know for no body at all, and would read that body as the next
    // request: a proxy that does know it would have let one caller speak for another.
    if (id == field::transfer_encoding && !beast::iequals(value, "chunked")) {
        ec = beast::http::error::bad_transfer_encoding;
        return;
    }
    request_.headers.add(view(name), view(value));
}

void RequestParser::on_header_impl(error_code&) {
    header_done_ = true;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
    // A length that is only claimed gets no more than this ahead of its bytes.
    constexpr std::uint64_t kAtOnce = 64 * 1024;
    announced_ = length.value_or(0);
    if (!discard_) request_.body.reserve(std::min(announced_, kAtOnce));
}

std::size_t RequestParser::on_body_impl(string_view body, error_code& ec) {
    body_bytes_ += body.size();
    if (body_bytes_ > body_max_) {
        ec = beast::http::error::body_limit;
        return 0;
    }
    if (discard_) return body.size();
    // Doubling would, near the end of a large body, keep its bytes twice for a moment.
    if (body_bytes_ > request_.body.capacity() && body_bytes_ >= announced_ / 4)
        request_.body.reserve(std::min(announced_, body_max_));
    request_.body.append(body.data(), body.size());
    return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
    return on_body_impl(body, ec);
}

} // namespace handprint::http
