#include "node/http/response_head.hpp"

#include <charconv>

namespace handprint::http {

namespace {

std::string_view reason(int status) noexcept {
    switch (status) {
    case 200:
        return "OK";
    case 201:
        return "Created";
    case 202:
        return "Accepted";
    case 204:
        return "No Content";
    case 206:
        return "Partial Content";
    case 301:
        return "Moved Permanently";
    case 302:
        return "Found";
    case 303:
        return "See Other";
    case 304:
        return "Not Modified";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 402:
        return "Payment Required";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 410:
        return "Gone";
    case 411:
        return "Length Required";
    case 412:
        return "Precondition Failed";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 422:
        return "Unprocessable Content";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    default:
        return "Status"; // clients read the number
    }
}

void append_number(std::string& out, std::uint64_t number) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

} // namespace

void write_response_head(std::string& out, const Response& response, const HeadContext& context) {
    out.assign("HTTP/1.1 ");
    append_number(out, static_cast<std::uint64_t>(response.status));
    out.append(" ").append(reason(response.status)).append("\r\nDate: ").append(context.date);
    if (!response.content_type.empty()) {
        out.append("\r\nContent-Type: ").append(response.content_type);
    }
    const bool bodyless = response.status == 204 || response.status == 304;
    if (context.length && !bodyless) {
        out.append("\r\nContent-Length: ");
        append_number(out, *context.length);
    }
    if (context.close) out.append("\r\nConnection: close");
    out.append("\r\nX-Content-Type-Options: nosniff");
    bool keeps = false;
    for (std::size_t i = 0; i < response.headers.size(); ++i) {
        const std::string_view name = response.headers.name(i);
        keeps = keeps || equal_ignoring_case(name, "Cache-Control");
        out.append("\r\n").append(name).append(": ").append(response.headers.value(i));
    }
    if (!keeps) out.append("\r\nCache-Control: no-store");
    out.append("\r\n\r\n");
}

} // namespace handprint::http
