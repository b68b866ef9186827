// How fast the transport is, with handlers that do nothing.
//
//   bench_http [--connections 64] [--threads 2] [--seconds 5] [--body 700] [--async] [--pipeline 1]
//
// The load comes from another process over loopback, so that each side's CPU time is its own.

#include "node/http/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace handprint::http;
using Clock = std::chrono::steady_clock;

struct Options {
    int connections = 64;
    unsigned threads = 2;
    int seconds = 5;
    std::size_t body = 700;
    int pipeline = 1;
    bool async = false;
};

double cpu_seconds(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Answers in batches from a thread of its own, as the pipeline does.
class Batcher {
public:
    Batcher() : thread_([this] { run(); }) {}

    ~Batcher() {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        wake_.notify_one();
        thread_.join();
    }

    void take(Reply reply) {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(reply));
        if (waiting_.size() == 1) wake_.notify_one();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        while (!stop_) {
            wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
            std::vector<Reply> batch;
            std::swap(batch, waiting_);
            lock.unlock();
            for (Reply& reply : batch)
                reply(Response::json(R"({"index":12345,"leaf":"x","result":{}})"));
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Reply> waiting_;
    bool stop_ = false;
    std::thread thread_;
};

int connect_to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::abort();
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

/// Keeps `pipeline` requests under way on each connection. Writes the count of answers to `out`.
void generate(const Options& options, std::uint16_t port, int out) {
    std::string request = "POST /v1/commands HTTP/1.1\r\nHost: localhost\r\n"
                          "Content-Type: application/json\r\nUser-Agent: bench\r\n"
                          "Content-Length: "
                          + std::to_string(options.body) + "\r\n\r\n"
                          + std::string(options.body, 'x');
    std::string burst;
    for (int i = 0; i < options.pipeline; ++i)
        burst += request;

    const int poll = epoll_create1(0);
    std::vector<std::string> pending;
    pending.resize(static_cast<std::size_t>(options.connections) + 4096);
    std::size_t answer_size = 0;
    for (int i = 0; i < options.connections; ++i) {
        const int fd = connect_to(port);
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        if (write(fd, burst.data(), burst.size()) < 0) std::abort();
    }
    const auto end = Clock::now() + std::chrono::seconds(options.seconds);
    std::uint64_t answers = 0;
    std::vector<std::size_t> received(pending.size(), 0);
    epoll_event events[256];
    char buffer[64 * 1024];
    while (Clock::now() < end) {
        const int ready = epoll_wait(poll, events, 256, 100);
        for (int i = 0; i < ready; ++i) {
            const int fd = events[i].data.fd;
            const ssize_t got = read(fd, buffer, sizeof buffer);
            if (got <= 0) std::abort();
            if (answer_size == 0) { // all answers are alike
                const std::string_view text(buffer, static_cast<std::size_t>(got));
                const std::size_t head = text.find("\r\n\r\n");
                const std::size_t length = text.find("Content-Length: ");
                answer_size = head + 4 + std::strtoul(text.data() + length + 16, nullptr, 10);
                if (!text.starts_with("HTTP/1.1 200")) std::abort();
            }
            std::size_t& bytes = received[static_cast<std::size_t>(fd)];
            bytes += static_cast<std::size_t>(got);
            const std::size_t whole = bytes / answer_size;
            bytes %= answer_size;
            answers += whole;
            const std::size_t size = whole * request.size();
            if (whole > 0 && write(fd, burst.data(), size) < 0) std::abort();
        }
    }
    if (write(out, &answers, sizeof answers) < 0) std::abort();
}

/// What the question costs whether a party may send one more.
double charge_ns() {
    constexpr int rounds = 2'000'000;
    constexpr int parties = 10'000;
    Quotas quotas({{1e9, 1e9}, {1e9, 1e9}});
    std::vector<Principal> callers(parties);
    for (int i = 0; i < parties; ++i)
        callers[static_cast<std::size_t>(i)].party = "m:" + std::to_string(i);
    const auto begun = Clock::now();
    for (int i = 0; i < rounds; ++i) {
        if (quotas.charge(callers[static_cast<std::size_t>(i) * 7919 % parties], 1, Clock::now()))
            std::abort();
    }
    return std::chrono::duration<double, std::nano>(Clock::now() - begun).count() / rounds;
}

Options parse(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string_view flag = argv[i];
        if (flag == "--async") {
            options.async = true;
            continue;
        }
        const int value = i + 1 < argc ? std::atoi(argv[++i]) : 0;
        if (flag == "--connections") options.connections = value;
        if (flag == "--threads") options.threads = static_cast<unsigned>(value);
        if (flag == "--seconds") options.seconds = value;
        if (flag == "--body") options.body = static_cast<std::size_t>(value);
        if (flag == "--pipeline") options.pipeline = value;
    }
    return options;
}

} // namespace

int main(int argc, char** argv) {
    const Options options = parse(argc, argv);
    int port_pipe[2];
    int count_pipe[2];
    if (pipe(port_pipe) != 0 || pipe(count_pipe) != 0) return 1;
    const pid_t child = fork(); // before any thread
    if (child == 0) {
        std::uint16_t port = 0;
        if (read(port_pipe[0], &port, sizeof port) < 0) return 1;
        generate(options, port, count_pipe[1]);
        _exit(0);
    }

    std::uint64_t answers = 0;
    {
        Batcher batcher;
        Router router;
        if (options.async) {
            router.add<auth::signed_body>(
                Method::post,
                "/v1/commands",
                [&](const Request&, Reply reply) { batcher.take(std::move(reply)); }
            );
        } else {
            router.add<auth::signed_body>(Method::post, "/v1/commands", [](const Request&) {
                return Response::json(R"({"index":12345,"leaf":"x","result":{}})");
            });
        }
        ServerConfig config;
        config.threads = options.threads;
        auto server = Server::start(config, std::move(router));
        if (!server) return 1;
        const std::uint16_t port = (*server)->ports().front();
        if (write(port_pipe[1], &port, sizeof port) < 0) return 1;
        if (read(count_pipe[0], &answers, sizeof answers) < 0) return 1;
        (*server)->stop(std::chrono::milliseconds(100));
    }
    waitpid(child, nullptr, 0);
    const double mine = cpu_seconds(RUSAGE_SELF);
    const double theirs = cpu_seconds(RUSAGE_CHILDREN);
    const auto count = static_cast<double>(answers);
    std::printf(
        "%d connections, %u threads, body %zu, %s: %.0f requests/s; CPU per request: server %.2f "
        "us, "
        "load generator %.2f us\n",
        options.connections,
        options.threads,
        options.body,
        options.async ? "async" : "sync",
        count / options.seconds,
        mine / count * 1e6,
        theirs / count * 1e6
    );
    std::printf("quota of a party: %.0f ns\n", charge_ns());
    return 0;
}
