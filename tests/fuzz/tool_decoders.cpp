#include "node/client/wire.hpp"
#include "node/outbound/http_client.hpp"
#include "node/tools/crowd_files.hpp"
#include "tests/fuzz/decoder.hpp"

#include <array>
#include <set>
#include <sstream>
#include <utility>

namespace handprint::fuzz {

namespace {

/// What a node, or whoever says to be one, answers to our programs.
void reply_head(std::string_view text) {
    const auto head = client::parse_reply_head(text);
    if (!head) return;
    must(head->reply.status >= 100 && head->reply.status <= 999, "a status of three digits");
    must(head->length <= 512UL * 1024 * 1024, "no body that fills the memory");
    must(head->reply.cookie.find(';') == std::string::npos, "a cookie without its attributes");
}

void node_address(std::string_view text) {
    const auto to = client::parse_url(text);
    if (!to) return;
    const auto again = client::parse_url("http://" + to->host + ':' + std::to_string(to->port));
    must(again && again->host == to->host && again->port == to->port, "an address is one");
}

/// What witnesses answer, line by line as libcurl hands it on.
void header_line(std::string_view text) {
    const auto header = outbound::header_line(text);
    must(header.has_value() == (text.find(':') != std::string_view::npos), "a colon makes it");
    if (!header) return;
    const auto& [name, value] = *header;
    must(name.find(':') == std::string::npos, "the name ends at the first colon");
    must(name.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos, "in lower case");
    must(
        value.empty() || std::string_view(" \t").find(value.front()) == std::string_view::npos,
        "trimmed"
    );
    must(
        value.empty() || std::string_view(" \t\r\n").find(value.back()) == std::string_view::npos,
        "at both ends"
    );
}

constexpr std::string_view kNextFile = "\n--\n";

/// The three files of a recording, one behind the other.
void crowd(std::string_view text) {
    std::array<std::istringstream, 3> files;
    for (auto& file : files) {
        const std::size_t end = std::min(text.find(kNextFile), text.size());
        file.str(std::string(text.substr(0, end)));
        text.remove_prefix(std::min(end + kNextFile.size(), text.size()));
    }
    const auto read =
        tools::read_crowd({files[0], files[1], files[2]}, {"items", "answers", "truth"}, 0);
    if (!read) {
        must(!read.error().what.empty(), "it says why");
        return;
    }
    std::set<std::pair<std::size_t, std::string>> seen;
    for (const auto& judgment : read->judgments) {
        must(judgment.task < read->ids.size(), "of a task that there is");
        must(seen.emplace(judgment.task, judgment.worker).second, "no task twice by one worker");
    }
    const auto vote = tools::majority(*read, read->judgments);
    must(vote.right <= vote.judged, "no more right than there are");
}

constexpr std::array kDecoders = {
    Decoder{
        "reply_head",
        reply_head,
        [] {
            return Seeds{
                "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nHandprint-Seq: 7\r\n"
                "Set-Cookie: session=abc; HttpOnly\r\nConnection: close",
                "HTTP/1.1 204 No Content",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked"
            };
        }
    },
    Decoder{
        "node_address",
        node_address,
        [] { return Seeds{"http://127.0.0.1:8080/", "http://localhost", "http://10.0.0.1:65535"}; }
    },
    Decoder{
        "header_line",
        header_line,
        [] { return Seeds{"Content-Type: text/x.tlog.size\r\n", "HTTP/1.1 200 OK\r\n", "A:\t b "}; }
    },
    Decoder{
        "crowd",
        crowd,
        [] {
            return Seeds{
                "{\"id\":\"a\",\"t\":\"x\"}\n{\"id\":\"b\",\"t\":\"y\"}\n--\ntask,worker,answer\r\n"
                "a,w1,same\na,w2,same\nb,w1,different\n--\ntask,truth\na,same\n"
            };
        }
    },
};

} // namespace

std::span<const Decoder> tool_decoders() {
    return kDecoders;
}

} // namespace handprint::fuzz
