#include "node/tools/load.hpp"

#include "ledger/base/decimal.hpp"
#include "node/tools/machine.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

namespace handprint::tools {

namespace {

using Clock = std::chrono::steady_clock;

struct Line {
    int socket = -1;
    std::size_t sent = 0; // bytes of the request
    const std::string* request = nullptr;
    std::string in;
    Clock::time_point since;
};

class Generator {
public:
    Generator(std::span<const std::string> requests, const LoadOptions& options)
        : requests_(requests), options_(options) {}

    ~Generator() {
        for (Line& line : lines_)
            close(line);
        if (epoll_ >= 0) ::close(epoll_);
    }

    Generator(const Generator&) = delete;
    Generator& operator=(const Generator&) = delete;

    Result<LoadResult> run(const client::Address& node);

private:
    bool open(Line& line, const client::Address& node, std::uint32_t place) const;
    static void close(Line& line);
    void next(Line& line);
    void push(Line& line);
    void read(Line& line);
    void finish(Line& line, std::string_view head, std::string_view body);
    void lose(Line& line, const char* why);

    std::span<const std::string> requests_;
    const LoadOptions& options_;
    int epoll_ = -1;
    std::vector<Line> lines_;
    std::size_t next_ = 0, busy_ = 0;
    bool stopping_ = false;
    LoadResult result_;
};

bool Generator::open(Line& line, const client::Address& node, std::uint32_t place) const {
    line.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(node.port);
    ::inet_pton(AF_INET, node.host.c_str(), &to.sin_addr);
    const int one = 1;
    if (line.socket < 0
        || ::connect(line.socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0
        || ::setsockopt(line.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) {
        return false;
    }
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u32 = place;
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, line.socket, &event) == 0;
}

void Generator::close(Line& line) {
    if (line.socket >= 0) ::close(line.socket);
    line.socket = -1;
}

void Generator::next(Line& line) {
    line.request = nullptr;
    if (stopping_ || next_ == requests_.size()) {
        --busy_;
        return;
    }
    line.request = &requests_[next_++];
    line.sent = 0;
    line.since = Clock::now();
    push(line);
}

void Generator::push(Line& line) {
    // Requests are small beside a socket's buffer; a large one waits here.
    while (line.sent < line.request->size()) {
        const ssize_t sent = ::send(
            line.socket,
            line.request->data() + line.sent,
            line.request->size() - line.sent,
            MSG_NOSIGNAL
        );
        if (sent <= 0) return lose(line, "a connection was closed");
        line.sent += static_cast<std::size_t>(sent);
    }
}

void Generator::lose(Line& line, const char* why) {
    if (line.socket < 0) return;
    close(line);
    if (line.request != nullptr) {
        ++result_.failed;
        --busy_;
    }
    line.request = nullptr;
    if (result_.first_failure.empty()) result_.first_failure = why;
}

void Generator::finish(Line& line, std::string_view head, std::string_view body) {
    if (head.substr(9, 1) == "2") {
        const auto place = static_cast<std::size_t>(line.request - requests_.data());
        if (options_.on_answer) options_.on_answer(place, head, body);
        const auto taken = Clock::now() - line.since;
        result_.latencies_us.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(taken).count()
        ));
        const auto index = parse_i64(value_after(body, R"("index":)"));
        result_.acknowledged.push_back(
            {index.value_or(-1), std::string(value_after(body, R"("leaf":)"))}
        );
        ++result_.answered;
        const bool look = result_.answered % 64 == 0 && options_.go_on;
        if (look && !options_.go_on(result_.answered)) stopping_ = true;
    } else {
        ++result_.failed;
        if (result_.first_failure.empty()) result_.first_failure = std::string(body.substr(0, 400));
    }
    next(line);
}

void Generator::read(Line& line) {
    std::array<char, 16384> chunk{};
    const ssize_t got = ::recv(line.socket, chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose(line, "a connection was closed");
    line.in.append(chunk.data(), static_cast<std::size_t>(got));
    const std::size_t head = line.in.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const std::size_t at = line.in.find("Content-Length: ");
    if (at == std::string::npos || at > head) return lose(line, "an answer without a length");
    const std::size_t digits = at + 16;
    const auto length =
        parse_i64(std::string_view(line.in).substr(digits, line.in.find('\r', digits) - digits));
    if (!length) return lose(line, "an answer without a length");
    const std::size_t whole = head + 4 + static_cast<std::size_t>(*length);
    if (line.in.size() < whole) return;
    std::string answer = std::move(line.in);
    line.in.clear();
    const std::string_view text = answer;
    finish(line, text.substr(0, head), text.substr(head + 4));
}

Result<LoadResult> Generator::run(const client::Address& node) {
    allow_open_files(options_.connections + 256);
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    lines_.resize(std::min(options_.connections, std::max<std::size_t>(requests_.size(), 1)));
    for (std::size_t i = 0; i < lines_.size(); ++i) {
        if (open(lines_[i], node, static_cast<std::uint32_t>(i))) continue;
        return fail(
            "connection " + std::to_string(i + 1) + ": " + std::generic_category().message(errno)
        );
    }
    result_.latencies_us.reserve(requests_.size());
    result_.acknowledged.reserve(requests_.size());
    const auto start = Clock::now();
    busy_ = lines_.size();
    for (Line& line : lines_)
        next(line);
    std::array<epoll_event, 256> events{};
    while (busy_ > 0) {
        const int count =
            ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 120'000);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return fail("the node does not answer");
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            Line& line = lines_[events[i].data.u32];
            if (line.socket >= 0) read(line);
        }
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
}

} // namespace

Result<LoadResult> drive(
    const client::Address& node, std::span<const std::string> requests, const LoadOptions& options
) {
    return Generator(requests, options).run(node);
}

std::string_view value_after(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return {};
    std::string_view rest = text.substr(at + name.size());
    if (rest.starts_with('"')) rest.remove_prefix(1);
    return rest.substr(0, rest.find_first_of(",;\"}\r\n"));
}

std::uint32_t percentile(std::vector<std::uint32_t>& latencies, double part) {
    if (latencies.empty()) return 0;
    const auto at = static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1));
    std::nth_element(
        latencies.begin(), latencies.begin() + static_cast<std::ptrdiff_t>(at), latencies.end()
    );
    return latencies[at];
}

} // namespace handprint::tools
