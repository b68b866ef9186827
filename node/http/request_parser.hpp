#pragma once

#include "node/http/beast.hpp"
#include "node/http/types.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace handprint::http {

/// Beast's HTTP/1 grammar, filling a Request of ours in place.
class RequestParser : public beast::http::basic_parser<true> {
public:
    explicit RequestParser(std::size_t header_bytes);

    [[nodiscard]] Request& request() noexcept { return request_; }

    [[nodiscard]] const std::string& target() const noexcept { return target_; }

    [[nodiscard]] bool version_1_1() const noexcept { return version_ == 11; }

    [[nodiscard]] std::uint64_t body_bytes() const noexcept { return body_bytes_; }

    /// Of the body, from here on. Past it, parsing ends with error::body_limit.
    void limit_body(std::uint64_t bytes) noexcept { body_max_ = bytes; }

    /// The rest of the body is counted and thrown away.
    void discard_body() noexcept { discard_ = true; }

private:
    using string_view = beast::string_view;
    using verb = beast::http::verb;
    using field = beast::http::field;
    using chunk_extensions = string_view;

    void on_request_impl(verb, string_view, string_view target, int version, error_code&) override;

    void on_response_impl(int, string_view, int, error_code&) override {}

    void on_field_impl(field id, string_view name, string_view value, error_code& ec) override;
    void on_header_impl(error_code&) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override;
    std::size_t on_body_impl(string_view body, error_code& ec) override;

    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override;

    void on_finish_impl(error_code&) override {}

    Request request_;
    std::string target_;
    std::uint64_t body_bytes_ = 0;
    std::uint64_t body_max_ = 0;
    std::uint64_t announced_ = 0; // bytes of the body; 0: unknown
    int version_ = 11;
    bool header_done_ = false;
    bool discard_ = false;
};

} // namespace handprint::http
