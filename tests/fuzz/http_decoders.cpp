#include "ledger/merkle/tile.hpp"
#include "ledger/record/json.hpp"
#include "node/http/assets.hpp"
#include "node/http/auth.hpp"
#include "node/http/log_files.hpp"
#include "node/http/response_head.hpp"
#include "node/http/uri.hpp"
#include "tests/fuzz/decoder.hpp"
#include "tests/fuzz/http_peer.hpp"

#include <algorithm>
#include <array>

namespace handprint::fuzz {

namespace {

using namespace http;

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++found;
    return found;
}

/// Whether `more` says what `less` says and then, at most, that the header after it is bad: one
/// that is not whole may be refused at once or waited for.
bool says_the_same(std::string_view less, std::string_view more) {
    if (!more.starts_with(less)) return false;
    more.remove_prefix(less.size());
    return more.empty()
           || (count(more, "HTTP/1.1 ") == 1
               && (more.starts_with("HTTP/1.1 400 ") || more.starts_with("HTTP/1.1 431 ")));
}

/// Bytes of a whole connection. Where the network cuts them into pieces must not matter, or two
/// readers of one stream could see different requests in it.
void http_stream(std::string_view text) {
    if (text.empty()) return;
    const std::size_t step = static_cast<unsigned char>(text.front());
    const std::string_view bytes = text.substr(1);
    const Talk whole = talk(bytes, 0);
    must(count(whole.answers, "HTTP/1.1 ") == whole.exchanges, "one head for each exchange");
    must(
        std::ranges::all_of(
            whole.answers, [](char c) { return c == '\r' || c == '\n' || (c >= 0x20 && c <= 0x7e); }
        ),
        "nothing but ASCII goes out"
    );
    const Talk pieces = talk(bytes, step + 1);
    must(
        says_the_same(pieces.answers, whole.answers)
            || says_the_same(whole.answers, pieces.answers),
        "pieces say what the whole says"
    );
}

void query(std::string_view text) {
    const auto decoded = percent_decode(text);
    if (decoded) must(decoded->size() <= text.size(), "decoding does not grow");
    const auto parsed = Query::parse(text);
    if (!parsed) return;
    for (const auto& [name, value] : parsed->pairs())
        must(parsed->get(name).has_value(), "what is there is found");
}

void header_values(std::string_view text) {
    const auto value = cookie(text, kSessionCookie);
    must(value.find(';') == std::string_view::npos, "a cookie ends at the semicolon");
    (void)accepts(text, "br");
    (void)accepts(text, "gzip");
    (void)content_type_of(text);

    Response response = Response::text("");
    response.with("Echo", text).with("Other", "x");
    std::string head;
    write_response_head(head, response, {"now", 0, false});
    must(count(head, "\r\n\r\n") == 1 && head.ends_with("\r\n\r\n"), "no value ends its line");

    const std::string problem =
        problem_json({400, "bad_request", "Title", std::string(text), Retry::never, 0});
    const auto json = record::Json::parse(problem, record::JsonMode::lenient);
    must(json.has_value(), "a problem is JSON whatever is in it");
}

void tile_name(std::string_view text) {
    must(
        is_tile_path(text) == merkle::parse_tile_path(text).has_value(),
        "the server and the format know the same names"
    );
}

Seeds streams() {
    const std::string host = "Host: a\r\n";
    const auto with_step = [](std::string text) { return '\x02' + text; };
    Seeds seeds;
    for (const std::string& text : Seeds{
             "GET / HTTP/1.1\r\n" + host + "\r\n",
             "GET /v1/batches/7?a=1&b=%20+ HTTP/1.1\r\n" + host
                 + "X-Forwarded-For: 1.2.3.4, ::1\r\n\r\n" + "HEAD /v1/batches/new HTTP/1.1\r\n"
                 + host + "Connection: close\r\n\r\n",
             "POST /v1/commands HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\n{}",
             "POST /v1/commands HTTP/1.1\r\n" + host
                 + "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n",
             "POST /v1/commands HTTP/1.1\r\n" + host
                 + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}GET / "
                   "HTTP/1.1\r\n\r\n",
             "POST /v1/me HTTP/1.1\r\n" + host
                 + "Cookie: a=b; hp_session=good\r\nContent-Length: 9\r\n\r\n123456789",
             "POST /v1/me HTTP/1.1\r\n" + host
                 + "Cookie: hp_session=good\r\nOrigin: http://b\r\nContent-Length: 1\r\n\r\n1",
             "DELETE /v1/either HTTP/1.1\r\n" + host + "Authorization: Bearer hp_good\r\n\r\n",
             "PUT /v1/batches/1/tasks/%2e%2E HTTP/1.1\r\n" + host
                 + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
             "GET /v1/events HTTP/1.1\r\n" + host + "Last-Event-ID: 4\r\n\r\n",
             "GET http://a/log/tile/0/x001/000.p/3 HTTP/1.0\r\nRange: bytes=0-1,-5\r\n\r\n",
             "POST /v1/dropped HTTP/1.1\r\n" + host + "Idempotency-Key: a\tb\r\n\r\n",
             "PATCH /v1/key HTTP/1.1\r\n" + host + host + "\r\n"
         }) {
        seeds.push_back(with_step(text));
    }
    return seeds;
}

constexpr std::array kDecoders = {
    Decoder{"http_stream", http_stream, streams},
    Decoder{"query", query, [] { return Seeds{"a=1&b=%41+c&&d", "%00", "%e2%82%ac=", "a=b=c"}; }},
    Decoder{
        "header_values",
        header_values,
        [] {
            return Seeds{
                "a=b; hp_session=x; hp_session=y", "br;q=0.5, gzip; q=0, *", "a\r\nb: c", "\xff\"\\"
            };
        }
    },
    Decoder{
        "tile_name",
        tile_name,
        [] {
            return Seeds{
                "tile/0/x001/x234/067.p/112",
                "tile/entries/000",
                "tile/63/000.p/255",
                "tile/1/x018/x446/x744/x073/x709/x551/615"
            };
        }
    },
};

} // namespace

std::span<const Decoder> http_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
